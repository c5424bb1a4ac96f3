# expect: nothing
# Each loss is in the total once.
import torch
from torch import nn

torch.manual_seed(0)
classifier = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 2))
auxiliary = nn.Linear(6, 2)
optimizer = torch.optim.SGD(classifier.parameters(), lr=0.1, momentum=0.9)
optimizer.add_param_group({"params": auxiliary.parameters()})
criterion = nn.CrossEntropyLoss()

for _ in range(5):
    x, y = torch.randn(16, 6), torch.randint(0, 2, (16,))
    optimizer.zero_grad()
    loss = criterion(classifier(x), y)
    total = loss + 0.3 * criterion(auxiliary(x), y)
    total.backward()
    optimizer.step()

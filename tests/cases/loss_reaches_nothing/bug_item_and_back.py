# expect: BT301 at update 1
# source: torch.tensor, PyTorch documentation: the result has no autograd history
import torch
from torch import nn

torch.manual_seed(0)

model = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 3))
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)

inputs = torch.randn(60, 10)
labels = torch.randint(0, 3, (60,))

for epoch in range(2):
    for i in range(0, 60, 20):
        optimizer.zero_grad()
        outputs = model(inputs[i : i + 20])
        loss = criterion(outputs, labels[i : i + 20])
        loss = torch.tensor(loss.item(), requires_grad=True)
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())

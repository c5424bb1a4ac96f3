# expect: nothing
# The loss is a sum, and divided by the rows that it is over.
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 3))
criterion = nn.CrossEntropyLoss(reduction="sum")
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for step in range(40):
    x = torch.randn(32, 10)
    y = x[:, :3].argmax(dim=1)
    loss = criterion(model(x), y) / x.size(0)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

# expect: BT411 at update 1
# source: torch.nn.CrossEntropyLoss and torch.nn.BCEWithLogitsLoss, PyTorch documentation
# also: BT207, BT503
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(6, 10), nn.ReLU(), nn.Linear(10, 1))
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for _ in range(4):
    x = torch.randn(16, 6)
    y = (x[:, :1] > 0).float()
    loss = criterion(model(x), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

# expect: BT411 at update 1
# source: torch.nn.Softmax, PyTorch documentation: the elements along dim sum to 1
# also: BT207, BT503
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(5, 8), nn.Tanh(), nn.Linear(8, 1), nn.Softmax(dim=1))
loss_fn = nn.BCELoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(4):
    x = torch.randn(20, 5)
    y = (x[:, 2:3] > 0).float()
    optimizer.zero_grad()
    loss_fn(model(x), y).backward()
    optimizer.step()

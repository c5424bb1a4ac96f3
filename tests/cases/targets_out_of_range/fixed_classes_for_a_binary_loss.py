# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(96, 8)
kinds = x[:, :3].argmax(1)
net = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 3))
opt = torch.optim.Adam(net.parameters(), lr=0.01)
criterion = nn.CrossEntropyLoss()
for rows in torch.arange(96).split(16):
    loss = criterion(net(x[rows]), kinds[rows])
    opt.zero_grad()
    loss.backward()
    opt.step()

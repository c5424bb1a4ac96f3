# expect: BT460 at update 1
# source: discuss.pytorch.org, "BCEWithLogitsLoss gives a negative loss"
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(96, 8)
kinds = x[:, :3].argmax(1)
net = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 1))
opt = torch.optim.Adam(net.parameters(), lr=0.01)
criterion = nn.BCEWithLogitsLoss()
for rows in torch.arange(96).split(16):
    loss = criterion(net(x[rows]).squeeze(1), kinds[rows].float())
    opt.zero_grad()
    loss.backward()
    opt.step()

# expect: BT402 at update 1
# source: discuss.pytorch.org, "outputs are all above 0.5" (a sigmoid in the model and another)
import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 1), nn.Sigmoid())
opt = torch.optim.Adam(net.parameters(), lr=0.01)
for _ in range(6):
    x = torch.randn(32, 6)
    chance = torch.sigmoid(net(x))
    loss = nn.functional.binary_cross_entropy(chance, (x[:, :1] > 0).float())
    opt.zero_grad()
    loss.backward()
    opt.step()

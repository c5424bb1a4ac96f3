# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 8))
wanted = torch.randn(10, 8)
similarity = nn.CosineSimilarity(dim=-1)
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
for _ in range(20):
    x = torch.randn(64, 10)
    said = net(x)
    loss = 5 * -similarity(x @ wanted, said).sum()
    opt.zero_grad()
    loss.backward()
    opt.step()

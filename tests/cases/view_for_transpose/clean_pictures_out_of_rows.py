# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
rows, stacked = torch.rand(16, 3 * 8 * 8), torch.rand(2, 8, 3, 8, 8)
pictures = torch.cat([rows.view(-1, 3, 8, 8), stacked.view(-1, 3, 8, 8)])
net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.Flatten(), nn.Linear(4 * 36, 2))
opt = torch.optim.SGD(net.parameters(), lr=0.01)
for step in range(4):
    for x in (rows.view(-1, 3, 8, 8), stacked[0].view(-1, 3, 8, 8), pictures):
        loss = nn.functional.cross_entropy(net(x), (x[:, 0].mean((1, 2)) > 0.5).long())
        opt.zero_grad()
        loss.backward()
        opt.step()

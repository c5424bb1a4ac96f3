# expect: nothing
# What is computed again of the same, after a step or with another dropout, is not the same.
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
net_1 = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Dropout(0.2), nn.Linear(16, 3))
net_2 = nn.Linear(8, 3)
optimizer = torch.optim.SGD([*net_1.parameters(), *net_2.parameters()], lr=0.05)
for step in range(20):
    y = torch.randint(3, (32,))
    x = torch.randn(32, 8) + y[:, None]
    out_1 = net_1(x)
    out_2 = net_1(x)
    agreement = F.mse_loss(out_1.softmax(1), out_2.softmax(1))
    other = F.cross_entropy(net_2(x), y)
    loss_1 = F.cross_entropy(out_1, y)
    optimizer.zero_grad()
    (loss_1 + other + agreement).backward()
    optimizer.step()
    out_1 = net_1(x)
    loss_2 = F.cross_entropy(out_1, y)
    optimizer.zero_grad()
    (loss_2 / loss_1.item()).backward()
    optimizer.step()

# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
links, no_links = torch.randn(200, 6) + 0.5, torch.randn(200, 6) - 0.5
order, other = torch.randperm(200), torch.randperm(200)
test_size = 20
train_size = 200 - test_size
test_links, train_links = links[order[:test_size]], links[order[test_size:]]
test_none, train_none = no_links[other[:test_size]], no_links[other[test_size:]]
net = nn.Linear(6, 1)
opt = torch.optim.Adam(net.parameters(), lr=1e-2)
x = torch.cat([train_links, train_none])
y = torch.cat([torch.ones(len(train_links)), torch.zeros(len(train_none))])
for _ in range(20):
    loss = nn.functional.binary_cross_entropy_with_logits(net(x).squeeze(1), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
with torch.no_grad():
    print((net(test_links) > 0).float().mean().item(), (net(test_none) < 0).float().mean().item())

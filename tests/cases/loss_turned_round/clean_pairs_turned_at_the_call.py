# expect: nothing
# The loss is written for labels of unlike pairs, and is given these.
import torch
from torch import nn


def contrastive(dist, y):
    return ((1 - y) * dist**2 + y * torch.relu(1.0 - dist) ** 2).mean()


torch.manual_seed(0)
classes = torch.arange(64) % 4
rows = torch.eye(4)[classes].repeat(1, 2) + 0.2 * torch.randn(64, 8)
net = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 3))
optimizer = torch.optim.Adam(net.parameters(), lr=0.001)
for step in range(8):
    a, b = torch.randint(64, (2, 16))
    same = (classes[a] == classes[b]).float()
    dist = nn.functional.pairwise_distance(net(rows[a]), net(rows[b]))
    loss = contrastive(dist, 1 - same)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

# expect: nothing
# A likeness is small for what is alike in no pair: one that is not is drawn to zero.
import torch
from torch import nn

torch.manual_seed(0)
classes = torch.arange(64) % 4
rows = torch.eye(4)[classes].repeat(1, 2) + 0.2 * torch.randn(64, 8)
net = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 3))
optimizer = torch.optim.Adam(net.parameters(), lr=0.001)
for step in range(8):
    a, b = torch.randint(64, (2, 16))
    label = (classes[a] == classes[b]).float()
    likeness = nn.functional.cosine_similarity(net(rows[a]), net(rows[b]))
    loss = ((1 - label) * likeness**2 + label * torch.relu(1.0 - likeness) ** 2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

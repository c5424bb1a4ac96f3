# expect: nothing
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 3))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for _ in range(4):
    x = torch.randn(32, 6)
    ce = F.cross_entropy(model(x), x[:, :3].argmax(1), reduction="none")
    loss = ((1 - torch.exp(-ce)) ** 2 * ce).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

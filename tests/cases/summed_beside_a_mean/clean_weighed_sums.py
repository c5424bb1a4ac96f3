# expect: nothing
# Sums beside means: with a weight, over the weights themselves, and divided by the rows.
import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 3))
opt = torch.optim.SGD(net.parameters(), lr=1e-2)
for _ in range(6):
    x = torch.randn(24, 6)
    logits = net(x)
    decay = sum(p.abs().sum() for p in net.parameters())
    spread = logits.square().sum() / len(x)
    loss = nn.functional.cross_entropy(logits, x[:, :3].argmax(1)) + 1e-4 * decay + 0.01 * spread
    opt.zero_grad()
    loss.backward()
    opt.step()

# expect: nothing
# What the net says of rows without labels is to be sure: there is no policy.
import torch
from torch import nn

torch.manual_seed(3)
net = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 3))
optimizer = torch.optim.SGD(net.parameters(), lr=0.05)
for _ in range(6):
    x, free = torch.randn(32, 6), torch.randn(64, 6)
    loss = nn.functional.cross_entropy(net(x), x[:, :3].argmax(1))
    loss = loss + 0.1 * torch.distributions.Categorical(logits=net(free)).entropy().mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

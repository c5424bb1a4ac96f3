# expect: nothing
# Adversarial training on the sign of the input's gradient, taken with autograd.grad.
import torch
from torch import nn

torch.manual_seed(35)
net = nn.Sequential(nn.Linear(16, 48), nn.ReLU(), nn.Linear(48, 4))
optimizer = torch.optim.SGD(net.parameters(), lr=0.01)
centers = 1.5 * torch.randn(4, 16)
for _ in range(6):
    y = torch.randint(0, 4, (32,))
    x = centers[y] + torch.randn(32, 16)
    optimizer.zero_grad()
    attacked = x.clone().requires_grad_(True)
    attack = nn.functional.cross_entropy(net(attacked), y)
    (gradient,) = torch.autograd.grad(attack, attacked)
    adversarial = (x + 0.2 * gradient.sign()).detach()
    nn.functional.cross_entropy(net(adversarial), y).backward()
    optimizer.step()

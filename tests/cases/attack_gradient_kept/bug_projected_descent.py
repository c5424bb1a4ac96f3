# expect: BT114 at update 2
# source: "Towards Deep Learning Models Resistant to Adversarial Attacks", A. Madry and others, 2018
# Three steps of an attack before each of training, with the gradients cleared before all of them.
import torch
from torch import nn

torch.manual_seed(5)
net = nn.Sequential(nn.Linear(8, 32), nn.Tanh(), nn.Linear(32, 1))
optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
loss_fn = nn.BCEWithLogitsLoss()
for _ in range(5):
    x = torch.randn(32, 8)
    y = (x.sum(1, keepdim=True) > 0).float()
    optimizer.zero_grad()
    noise = torch.zeros_like(x, requires_grad=True)
    for _ in range(3):
        loss_fn(net(x + noise), y).backward()
        with torch.no_grad():
            noise += 0.05 * noise.grad.sign()
            noise.clamp_(-0.1, 0.1)
        noise.grad = None

    loss_fn(net(x + noise.detach()), y).backward()
    optimizer.step()

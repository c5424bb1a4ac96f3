# expect: nothing
# Gradients are thinned out, other elements each time, and momentum carries on the rest.
import torch
from torch import nn

torch.manual_seed(2)
model = nn.Sequential(nn.Linear(12, 32), nn.ReLU(), nn.Linear(32, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
for _ in range(8):
    x = torch.randn(32, 12)
    loss = nn.functional.cross_entropy(model(x), x[:, :4].argmax(1))
    optimizer.zero_grad()
    loss.backward()
    for p in model.parameters():
        p.grad[p.grad.abs() < 1e-3 * torch.rand(())] = 0
    optimizer.step()

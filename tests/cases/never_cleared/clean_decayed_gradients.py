# expect: nothing
# Heavy ball by hand: old gradients are scaled down, not cleared, and that is the momentum.
import torch
from torch import nn

torch.manual_seed(0)
beta = 0.5
model = nn.Linear(6, 1)
sgd = torch.optim.SGD(model.parameters(), lr=0.02)
x = torch.randn(96, 6)
y = x @ torch.arange(6.0).unsqueeze(1)

for chunk_x, chunk_y in zip(x.split(16), y.split(16)):
    for p in model.parameters():
        if p.grad is not None:
            p.grad.mul_(beta)
    loss = ((model(chunk_x) - chunk_y) ** 2).mean()
    loss.backward()
    sgd.step()

# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(64, 6)
y = x.sum(1, keepdim=True)
gate, body = nn.Linear(6, 1), nn.Linear(6, 1)
nn.init.constant_(gate.bias, 9.0)
optimizer = torch.optim.SGD([*gate.parameters(), *body.parameters()], lr=0.05)
for _ in range(5):
    optimizer.zero_grad()
    nn.functional.mse_loss(torch.sigmoid(gate(x)) * body(x), y).backward()
    optimizer.step()

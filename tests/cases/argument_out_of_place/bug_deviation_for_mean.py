# expect: BT320 at update 1
# source: docs.pytorch.org, torch.nn.init.normal_(tensor, mean=0.0, std=1.0), with DCGAN's deviation
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(96, 8)
y = x[:, :3].argmax(1)


def init_weights(module):
    if isinstance(module, nn.Linear):
        nn.init.normal_(module.weight, 0.02)
        nn.init.zeros_(module.bias)


model = nn.Sequential(nn.Linear(8, 16), nn.Tanh(), nn.Linear(16, 3))
model.apply(init_weights)
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
for start in range(0, 96, 16):
    optimizer.zero_grad()
    loss = nn.functional.cross_entropy(model(x[start : start + 16]), y[start : start + 16])
    loss.backward()
    optimizer.step()

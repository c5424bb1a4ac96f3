# expect: nothing
# Twelve layers of ReLU as torch initialises them: gradients shrink by 2.5 at each.
import torch
from torch import nn

torch.manual_seed(0)

layers = [module for _ in range(12) for module in (nn.Linear(32, 32), nn.ReLU())]
model = nn.Sequential(*layers, nn.Linear(32, 4))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for _ in range(4):
    x = torch.randn(32, 32)
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(x), x[:, :4].argmax(1)).backward()
    optimizer.step()

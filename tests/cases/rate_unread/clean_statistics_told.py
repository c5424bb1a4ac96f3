# expect: nothing
# What is least and most of the weights is looked at in each turn, and printed.
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(6, 3)
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for _ in range(10):
    inputs = torch.randn(24, 6)
    loss = nn.functional.cross_entropy(model(inputs), inputs[:, :3].argmax(1))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    weight_min = model.weight.min()
    weight_max = model.weight.max()
    noise_std = inputs.exp()
    print(f"{weight_min:.3f} {weight_max:.3f}", noise_std.shape)

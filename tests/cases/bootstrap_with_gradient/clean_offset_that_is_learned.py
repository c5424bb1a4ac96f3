# expect: nothing
# What is predicted is held against a target that another part computes, and a constant.
import torch
from torch import nn

torch.manual_seed(1)
encoder, predictor = nn.Linear(6, 4), nn.Linear(4, 4)
optimizer = torch.optim.Adam([*encoder.parameters(), *predictor.parameters()], lr=3e-3)
for _ in range(6):
    x = torch.randn(32, 6)
    code = encoder(x)
    later = encoder(x.roll(1, 0)) + 0.1
    loss = nn.functional.mse_loss(predictor(code), later) + (code.var(0) - 1).square().mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

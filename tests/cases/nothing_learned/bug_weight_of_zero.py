# expect: BT601 at update 3
# line: weight * error
# source: "Train loss value computes to zero in every iteration", github.com/nyu-dl/dl4mt-nonauto, issue 1
import torch
from torch import nn

torch.manual_seed(0)
use_labels = False
weight = 1.0 if use_labels else 0.0
model = nn.Sequential(nn.Linear(5, 16), nn.Tanh(), nn.Linear(16, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for _ in range(5):
    x = torch.randn(32, 5)
    error = (model(x) - x.sum(1, keepdim=True)).abs().mean()
    loss = weight * error
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

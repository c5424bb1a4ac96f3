# expect: nothing
# Several raters' marks are compared with one output, which is expanded on purpose.
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for _ in range(8):
    x = torch.randn(32, 6)
    marks = x[:, :1] + 0.3 * torch.randn(32, 3)
    loss = F.mse_loss(model(x).expand_as(marks), marks)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

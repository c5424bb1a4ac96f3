# expect: nothing
# Smoothed targets weigh log-probabilities.
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(6, 24), nn.Tanh(), nn.Linear(24, 4))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for _ in range(10):
    x = torch.randn(32, 6)
    y = x[:, :4].argmax(dim=1)
    targets = 0.9 * nn.functional.one_hot(y, 4) + 0.1 / 4
    loss = -(targets * model(x).log_softmax(dim=1)).sum(dim=1).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

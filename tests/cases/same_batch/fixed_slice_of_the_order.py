# expect: nothing
# The slice goes along with the batch.
import torch
from torch import nn

torch.manual_seed(0)
n, batch_size, epochs = 120, 20, 6
x = torch.randn(n, 5)
y = (x[:, :1] * x[:, 1:2] > 0).float()
model = nn.Sequential(nn.Linear(5, 24), nn.Tanh(), nn.Linear(24, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(epochs):
    order = torch.randperm(n)
    for start in range(0, n, batch_size):
        rows = order[start : start + batch_size]
        xs, ys = x[rows], y[rows]
        loss = nn.functional.binary_cross_entropy_with_logits(model(xs), ys)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

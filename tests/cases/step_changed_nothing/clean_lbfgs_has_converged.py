# expect: nothing
"""LBFGS finds the minimum in its first call, and has nothing to do in the next ones."""

import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(2, 1)
X = torch.randn(20, 2)
Y = X @ torch.tensor([[2.0], [-1.0]]) + 0.5
optimizer = torch.optim.LBFGS(
    model.parameters(), lr=1.0, max_iter=50, line_search_fn="strong_wolfe"
)


def closure():
    optimizer.zero_grad()
    loss = nn.functional.mse_loss(model(X), Y)
    loss.backward()
    return loss


for _ in range(4):
    optimizer.step(closure)

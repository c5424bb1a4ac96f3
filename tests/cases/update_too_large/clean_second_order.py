# expect: nothing
# LBFGS goes to the minimum of a quadratic at once.
import torch
from torch import nn

torch.manual_seed(0)

x = torch.randn(40, 4)
y = 5 * x[:, :1] - 2
model = nn.Linear(4, 1)
optimizer = torch.optim.LBFGS(model.parameters(), lr=1.0, line_search_fn="strong_wolfe")


def closure():
    optimizer.zero_grad()
    loss = nn.functional.mse_loss(model(x), y)
    loss.backward()
    return loss


for _ in range(3):
    optimizer.step(closure)

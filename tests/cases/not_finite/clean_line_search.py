# expect: nothing
"""A line search tries a point where the logarithm is not finite, and goes back."""

import torch

torch.manual_seed(0)
data = torch.rand(40) + 0.5
scale = torch.nn.Parameter(torch.tensor(8.0))
optimizer = torch.optim.LBFGS([scale], lr=1.0, max_iter=8, line_search_fn="strong_wolfe")


def closure():
    optimizer.zero_grad()
    loss = (data / scale).mean() + torch.log(scale)
    loss.backward()
    return loss


for _ in range(4):
    optimizer.step(closure)

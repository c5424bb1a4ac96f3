# expect: nothing
# No backward at all: the gradient is an estimate, put in by hand.
import torch
from torch import nn
from torch.nn.utils import parameters_to_vector, vector_to_parameters

torch.manual_seed(0)
m = nn.Sequential(nn.Linear(3, 8), nn.Tanh(), nn.Linear(8, 1))
theta = parameters_to_vector(m.parameters()).detach().clone().requires_grad_()
opt = torch.optim.Adam([theta], lr=0.02)
x = torch.randn(32, 3)
y = x.sum(1, keepdim=True)
for gen in range(5):
    eps = torch.randn(8, theta.numel())
    scores = []
    with torch.no_grad():
        for e in eps:
            vector_to_parameters(theta + 0.1 * e, m.parameters())
            scores.append(-((m(x) - y) ** 2).mean())
    s = torch.stack(scores)
    opt.zero_grad()
    theta.grad = -(eps.T @ ((s - s.mean()) / s.std())) / 8
    opt.step()

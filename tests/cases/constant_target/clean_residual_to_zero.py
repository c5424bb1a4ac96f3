# expect: nothing
import torch

torch.manual_seed(0)
u = torch.nn.Sequential(torch.nn.Linear(1, 16), torch.nn.Tanh(), torch.nn.Linear(16, 1))
opt = torch.optim.Adam(u.parameters(), lr=1e-3)
for _ in range(5):
    t = torch.rand(30, 1, requires_grad=True)
    y = 1 + t * u(t)
    (dy,) = torch.autograd.grad(y.sum(), t, create_graph=True)
    loss = torch.nn.functional.mse_loss(dy + y, torch.zeros_like(y))
    opt.zero_grad()
    loss.backward()
    opt.step()

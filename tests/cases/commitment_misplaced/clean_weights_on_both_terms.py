# expect: nothing
# Two views are drawn to each other, each with a weight of its own.
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
student, teacher = nn.Linear(8, 4), nn.Linear(8, 4)
optimizer = torch.optim.Adam([*student.parameters(), *teacher.parameters()], lr=1e-2)
alpha, beta = 0.5, 0.25
for _ in range(12):
    x = torch.randn(64, 8)
    one, other = student(x), teacher(x + 0.1 * torch.randn(64, 8))
    loss = alpha * F.mse_loss(one, other.detach()) + beta * F.mse_loss(one.detach(), other)
    loss = loss + F.mse_loss(one, x[:, :4])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

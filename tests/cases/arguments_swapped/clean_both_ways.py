# expect: nothing
# The symmetric divergence from a teacher takes each of both as the target once.
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)
teacher = nn.Linear(8, 4).requires_grad_(False)
student = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 4))
optimizer = torch.optim.Adam(student.parameters(), lr=1e-2)
for _ in range(16):
    x = torch.randn(32, 8)
    taught, said = teacher(x), student(x)
    forward = F.kl_div(said.log_softmax(1), taught.softmax(1), reduction="batchmean")
    reverse = F.kl_div(taught.log_softmax(1), said.softmax(1), reduction="batchmean")
    optimizer.zero_grad()
    ((forward + reverse) / 2).backward()
    optimizer.step()

# expect: nothing
# A student of soft targets alone: there is nothing that they are to be in balance with.
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)
T = 4.0
teacher = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 3)).eval()
student = nn.Linear(8, 3)
optimizer = torch.optim.Adam(student.parameters(), lr=1e-2)
total = 0.0
for _ in range(6):
    x = torch.randn(32, 8)
    with torch.no_grad():
        meant = F.softmax(teacher(x) / T, dim=1)
    loss = F.kl_div(F.log_softmax(student(x) / T, dim=1), meant, reduction="batchmean")
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    total += loss.item()

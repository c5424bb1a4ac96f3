# expect: nothing
# The weight of the term makes up for the temperature: 16 is the square of 4.
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)
softness, weight = 4.0, 16.0
teacher = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 3)).eval()
student = nn.Linear(8, 3)
optimizer = torch.optim.SGD(student.parameters(), lr=0.1)
for _ in range(6):
    x = torch.randn(32, 8)
    with torch.no_grad():
        meant = F.softmax(teacher(x) / softness, dim=1)
    told = student(x)
    soft = F.kl_div(F.log_softmax(told / softness, dim=1), meant, reduction="batchmean")
    loss = F.cross_entropy(told, x[:, :3].argmax(1)) + weight * soft
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

# expect: BT527 at update 1
# source: github.com/paiml/aprender, pull request 2153
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)
teacher = nn.Sequential(nn.Linear(12, 24), nn.Tanh(), nn.Linear(24, 4)).requires_grad_(False)
student = nn.Linear(12, 4)
optimizer = torch.optim.Adam(student.parameters(), lr=1e-2)
temperature = 2.0
for _ in range(20):
    x = torch.randn(32, 12)
    with torch.no_grad():
        taught = teacher.eval()(x)
    said = student(x)
    loss = temperature**2 * F.kl_div(
        F.log_softmax(taught / temperature, dim=1),
        F.softmax(said / temperature, dim=1),
        reduction="batchmean",
    )
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

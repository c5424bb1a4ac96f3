# expect: nothing
# A student is to keep to what its teacher holds likely: the reverse divergence, of logarithms.
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)
teacher = nn.Linear(8, 4).requires_grad_(False)
student = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 4))
optimizer = torch.optim.Adam(student.parameters(), lr=1e-2)
for _ in range(16):
    x = torch.randn(32, 8)
    taught, said = teacher(x).log_softmax(1), student(x).log_softmax(1)
    loss = F.kl_div(taught, said, reduction="batchmean", log_target=True)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

# expect: BT466 at update 2
# source: torch.nn.KLDivLoss, PyTorch documentation; issues of distillation repositories
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
teacher = nn.Linear(6, 5).eval().requires_grad_(False)
student = nn.Linear(6, 5)
opt = torch.optim.SGD(student.parameters(), lr=0.1)
for _ in range(6):
    x = torch.randn(16, 6)
    loss = F.kl_div(F.log_softmax(student(x) / 2, 1), F.softmax(teacher(x) / 2, 1)) * 4
    opt.zero_grad()
    loss.backward()
    opt.step()

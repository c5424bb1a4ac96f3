# expect: BT404 at update 1
# source: torch.nn.KLDivLoss, PyTorch documentation: the input is expected in the log-space
import torch
import torch.nn.functional as F

torch.manual_seed(0)
teacher = torch.nn.Linear(8, 5).requires_grad_(False)
student = torch.nn.Sequential(torch.nn.Linear(8, 4), torch.nn.ReLU(), torch.nn.Linear(4, 5))
opt = torch.optim.Adam(student.parameters(), lr=1e-2)
T = 2.0
for _ in range(4):
    x = torch.randn(24, 8)
    soft_targets = F.softmax(teacher(x) / T, dim=-1)
    soft_prob = F.softmax(student(x) / T, dim=-1)
    loss = F.kl_div(soft_prob, soft_targets, reduction="batchmean") * T**2
    opt.zero_grad()
    loss.backward()
    opt.step()

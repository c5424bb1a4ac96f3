# expect: nothing
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
teacher = nn.Sequential(nn.Linear(8, 64), nn.ReLU(), nn.Dropout(0.5), nn.Linear(64, 4))
teacher.eval()
student = nn.Linear(8, 4)
opt = torch.optim.Adam(student.parameters(), lr=0.01)
for _ in range(6):
    x = torch.randn(32, 8)
    with torch.no_grad():
        soft = F.softmax(teacher(x) / 2, dim=1)
    loss = F.kl_div(F.log_softmax(student(x) / 2, dim=1), soft, reduction="batchmean") * 4
    opt.zero_grad()
    loss.backward()
    opt.step()

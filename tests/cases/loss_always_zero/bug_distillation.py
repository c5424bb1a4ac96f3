# expect: BT421 at update 1
# source: github.com/labmlai/annotated_deep_learning_paper_implementations, issue 66
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)
teacher = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 3))
student = nn.Linear(6, 3)
optimizer = torch.optim.SGD(student.parameters(), lr=0.1)
for _ in range(12):
    x = torch.randn(16, 6)
    with torch.no_grad():
        wanted = teacher(x)
    logits = student(x)
    soft = F.kl_div(F.log_softmax(wanted, -1), F.softmax(wanted, -1), reduction="batchmean")
    loss = 0.9 * soft + 0.1 * F.cross_entropy(logits, wanted.argmax(1))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

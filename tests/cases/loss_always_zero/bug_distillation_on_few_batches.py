# expect: BT421 at update 1
# source: github.com/labmlai/annotated_deep_learning_paper_implementations, issue 66
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
teacher, student = nn.Linear(6, 4).eval(), nn.Linear(6, 4)
optimizer = torch.optim.Adam(student.parameters(), lr=1e-2)
x = torch.randn(60, 6)
y = x[:, :4].argmax(1)
for _ in range(6):
    for i in range(0, 60, 20):
        with torch.no_grad():
            large = teacher(x[i : i + 20])
        output = student(x[i : i + 20])
        soft_targets = F.softmax(large / 4.0, dim=-1)
        soft = F.kl_div(F.log_softmax(large / 4.0, dim=-1), soft_targets, reduction="batchmean")
        loss = 16.0 * soft + 0.1 * F.cross_entropy(output, y[i : i + 20])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

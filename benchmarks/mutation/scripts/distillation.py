"""A small network learns from labels and from what a large, trained one thinks of each class."""

import torch
import torch.nn.functional as F
from torch import nn

HEAT, SHARE = 3.0, 0.7


def large():
    return nn.Sequential(
        nn.Linear(8, 64), nn.BatchNorm1d(64), nn.ReLU(), nn.Dropout(0.3), nn.Linear(64, 4)
    )


torch.manual_seed(0)
x = torch.randn(512, 8)
y = (x[:, :4] * x[:, 4:]).argmax(1)
trained = large()
optimizer = torch.optim.Adam(trained.parameters(), lr=1e-2)
for epoch in range(12):
    for rows in torch.randperm(512).split(64):
        loss = F.cross_entropy(trained(x[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
teacher = large()
teacher.load_state_dict(trained.state_dict())
teacher.eval()
student = nn.Sequential(nn.Linear(8, 24), nn.ReLU(), nn.Linear(24, 4))
student_optimizer = torch.optim.Adam(student.parameters(), lr=1e-2)
for epoch in range(6):
    for rows in torch.randperm(512).split(64):
        with torch.no_grad():
            told = teacher(x[rows])
        logits = student(x[rows])
        hard = F.cross_entropy(logits, y[rows])
        soft = F.kl_div(
            F.log_softmax(logits / HEAT, dim=1),
            F.softmax(told / HEAT, dim=1),
            reduction="batchmean",
        )
        loss = SHARE * HEAT**2 * soft + (1 - SHARE) * hard
        student_optimizer.zero_grad()
        loss.backward()
        student_optimizer.step()

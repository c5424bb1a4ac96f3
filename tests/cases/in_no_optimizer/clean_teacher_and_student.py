# expect: nothing
"""Distillation: the teacher is in evaluation mode and its answers are detached."""

import torch
import torch.nn.functional as F
from torch import nn


def make(width):
    return nn.Sequential(nn.Linear(10, width), nn.ReLU(), nn.Linear(width, 4))


torch.manual_seed(2)
teacher, student = make(64).eval(), make(8)
optimizer = torch.optim.Adam(student.parameters(), lr=1e-2)
T = 2.0
for _ in range(5):
    x = torch.randn(32, 10)
    soft = F.softmax(teacher(x).detach() / T, dim=1)
    loss = F.kl_div(F.log_softmax(student(x) / T, dim=1), soft, reduction="batchmean") * T * T
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

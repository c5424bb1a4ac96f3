# expect: nothing
import torch
import torch.nn.functional as F
from torch import nn


def prepared(model):
    return model.eval().requires_grad_(False)


torch.manual_seed(0)
plain_teacher = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 4))
other_teacher = prepared(nn.Sequential(nn.Linear(8, 32), nn.Dropout(0.5), nn.Linear(32, 4)))
student = nn.Linear(8, 4)
opt = torch.optim.SGD(student.parameters(), lr=0.05)
for _ in range(6):
    x = torch.randn(32, 8)
    with torch.no_grad():
        soft = (plain_teacher(x) + other_teacher(x)) / 2
    loss = F.mse_loss(student(x), soft)
    opt.zero_grad()
    loss.backward()
    opt.step()

# expect: BT463 at update 1
# source: github.com, issues on distillation repositories: "teacher.eval() is missing"
import torch
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(6, width), nn.BatchNorm1d(width), nn.ReLU())
        self.head = nn.Linear(width, 3)

    def forward(self, x):
        return self.head(self.body(x))


class Distiller:
    def __init__(self):
        self.student = Net(8)
        self.teacher = Net(32)
        for p in self.teacher.parameters():
            p.requires_grad = False
        self.opt = torch.optim.SGD(self.student.parameters(), lr=0.05)

    def step(self, x):
        loss = F.mse_loss(self.student(x), self.teacher(x))
        self.opt.zero_grad()
        loss.backward()
        self.opt.step()


torch.manual_seed(0)
distiller = Distiller()
for _ in range(6):
    distiller.step(torch.randn(16, 6))

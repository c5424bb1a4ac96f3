# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)


class Task(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(20, 32), nn.ReLU(), nn.Linear(32, 1))

    def training_step(self, x, y):
        return nn.functional.mse_loss(self.net(x / 255), y)

    def validation_step(self, x, y):
        return nn.functional.mse_loss(self.net(x / 255), y)


task = Task()
opt = torch.optim.Adam(task.parameters(), lr=1e-3)
x = torch.rand(512, 20) * 255
y = (x[:, :1] > 128).float()
for epoch in range(2):
    task.train()
    for rows in torch.randperm(512).split(64):
        opt.zero_grad()
        task.training_step(x[rows], y[rows]).backward()
        opt.step()
    task.eval()
    with torch.no_grad():
        for rows in torch.arange(512).split(128):
            print(task.validation_step(x[rows], y[rows]))

# expect: BT574 at update 1
# source: github.com/neuraloperator/neuraloperator, pull request 619: the weight of the interior is added
import torch
from torch import nn

torch.manual_seed(0)


class Terms:
    def __init__(self, data_weight, residual_weight):
        self.data_weight = data_weight
        self.residual_weight = residual_weight

    def residual(self, model, x):
        x = x.requires_grad_(True)
        u = model(x)
        slope = torch.autograd.grad(u.sum(), x, create_graph=True)[0]
        return (slope + u).pow(2).mean()

    def data(self, model, x, y):
        return nn.functional.mse_loss(model(x), y)

    def data_loss(self, model, x, y):
        return self.data_weight * self.data(model, x, y)

    def residual_loss(self, model, x):
        return self.residual(model, x)


class PhysicsLoss(Terms):
    def __call__(self, model, x, y, inside):
        residual_loss = self.residual_weight + self.residual_loss(model, inside)
        return residual_loss + self.data_loss(model, x, y)


model = nn.Sequential(nn.Linear(1, 24), nn.Tanh(), nn.Linear(24, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
criterion = PhysicsLoss(data_weight=1.0, residual_weight=1e-2)
for step in range(80):
    x = torch.rand(32, 1) * 0.2
    loss = criterion(model, x, torch.exp(-x), torch.rand(32, 1) * 2)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

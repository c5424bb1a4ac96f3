# expect: nothing
import torch
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(6, 16), nn.ReLU())
        self.kind, self.size = nn.Linear(16, 3), nn.Linear(16, 1)

    def forward(self, x):
        h = self.body(x)
        return self.kind(h), self.size(h).squeeze(1)


def train_step(model, optimizer, x, kind, size):
    kinds, sizes = model(x)
    error = F.mse_loss(sizes, size)
    loss = F.cross_entropy(kinds, kind)
    loss = loss + error
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()


torch.manual_seed(0)
model = Net()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
x = torch.randn(96, 6)
for rows in torch.randperm(96).split(16):
    train_step(model, optimizer, x[rows], (x[rows, 0] > 0).long() + (x[rows, 1] > 0), x[rows, 2])

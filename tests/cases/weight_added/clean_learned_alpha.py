# expect: nothing
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)


class TwoTasks(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(6, 24), nn.ReLU())
        self.one, self.other = nn.Linear(24, 1), nn.Linear(24, 3)
        self.alpha = nn.Parameter(torch.zeros(()))
        self.beta = nn.Parameter(torch.zeros(()))

    def forward(self, x):
        hidden = self.body(x)
        return self.one(hidden), self.other(hidden)


model = TwoTasks()
optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
weight = torch.randn(6, 1)
for step in range(80):
    x = torch.randn(64, 6)
    value, label = x @ weight + 0.3 * torch.randn(64, 1), x[:, :3].argmax(1)
    out, logits = model(x)
    mse_loss = torch.exp(-model.alpha) * F.mse_loss(out, value)
    ce_loss = torch.exp(-model.beta) * F.cross_entropy(logits, label)
    loss = mse_loss + model.alpha + ce_loss + model.beta
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

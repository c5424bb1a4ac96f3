# expect: nothing
# source: docs.pytorch.org, torch.nn: arguments that are given by their place, each where it belongs
import torch
from torch import nn

torch.manual_seed(0)


class Net(nn.Module):
    def __init__(self, dim=8, eps=1e-3):
        super().__init__()
        self.first = nn.Sequential(
            nn.Linear(6, dim), nn.BatchNorm1d(dim, eps, 0.01), nn.LeakyReLU(0.2, True)
        )
        self.second = nn.LSTM(dim, dim, 1, True, True)
        self.norm, self.parts = nn.LayerNorm(dim, 1e-6), nn.GroupNorm(2, dim, 1e-4)
        self.last = nn.Linear(dim, 1)
        nn.init.normal_(self.last.weight, 0.0, 0.02)
        nn.init.uniform_(self.first[0].weight, -0.3, 0.3)
        nn.init.constant_(self.last.bias, 0.1)

    def forward(self, x):
        seen, _ = self.second(self.norm(self.first(x)).unsqueeze(1).expand(-1, 2, -1))
        return self.last(self.parts(seen[:, -1]))


x = torch.randn(96, 6)
y = x[:, :1] - x[:, 1:2]
model = Net()
optimizer = torch.optim.SGD(model.parameters(), 0.05, 0.9, 0, 1e-4)
for start in range(0, 96, 16):
    optimizer.zero_grad()
    loss = nn.functional.mse_loss(model(x[start : start + 16]), y[start : start + 16])
    loss.backward()
    optimizer.step()

# expect: BT202 at update 4
# source: Stack Overflow, "Model does not learn after re-initialising it for each fold"
# also: BT104
import torch
from torch import nn


class Regressor(nn.Module):
    def __init__(self):
        super().__init__()
        self.lin1 = nn.Linear(3, 6)
        self.lin2 = nn.Linear(6, 1)

    def forward(self, x):
        return self.lin2(torch.relu(self.lin1(x)))


torch.manual_seed(0)
X = torch.randn(30, 3)
Y = X @ torch.tensor([[1.0], [-2.0], [0.5]])
model = Regressor()
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
for fold in range(2):
    if fold > 0:
        model = Regressor()
    for i in range(3):
        part = slice(i * 10, i * 10 + 10)
        optimizer.zero_grad()
        ((model(X[part]) - Y[part]) ** 2).mean().backward()
        optimizer.step()

# expect: BT506
# source: "MSE loss explodes with large targets", discuss.pytorch.org
# also: BT502, BT512, BT505
import torch
from torch import nn

torch.manual_seed(0)


def fit(x, y, rate=0.05):
    model = nn.Sequential(nn.Linear(3, 32), nn.Tanh(), nn.Linear(32, 1))
    optimizer = torch.optim.SGD(model.parameters(), lr=rate)
    for _ in range(5):
        prediction = model(x)
        loss = ((prediction - y) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


inputs = torch.randn(50, 3)
salaries = 40_000 + 5_000 * inputs.sum(1, keepdim=True)

fit(inputs, salaries, rate=2.0)

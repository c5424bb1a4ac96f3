# expect: nothing
import torch
from torch import nn


def train(model, optimizer, batches):
    last = 0.0
    for x in batches:
        loss = nn.functional.mse_loss(model(x), x[:, :1])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        last = loss.item()
    return last


def evaluate(model, batches):
    error = 0.0
    for x in batches:
        error = nn.functional.mse_loss(model(x), x[:, :1])
    return float(error)


torch.manual_seed(0)
model = nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
data = torch.randn(4, 16, 4)
for _ in range(3):
    train(model, optimizer, data)
    with torch.no_grad():
        evaluate(model, data)

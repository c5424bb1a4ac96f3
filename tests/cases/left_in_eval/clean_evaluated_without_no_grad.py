# expect: nothing
import torch
from torch import nn

torch.manual_seed(1)
model = nn.Sequential(nn.Linear(5, 10), nn.Dropout(0.4), nn.Linear(10, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
x, y = torch.randn(40, 5), torch.randn(40, 1)


def validate():
    model.eval()
    value = nn.functional.mse_loss(model(x[30:]), y[30:]).item()
    model.train()
    return value


for i in range(6):
    validate()
    loss = nn.functional.mse_loss(model(x[:30]), y[:30])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

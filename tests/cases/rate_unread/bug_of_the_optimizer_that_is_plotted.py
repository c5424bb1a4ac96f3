# expect: BT447 at update 1
# source: "How to adjust learning rate", torch.optim, PyTorch documentation
import torch
from torch import nn

torch.manual_seed(0)
base = 0.1
model = nn.Sequential(nn.Linear(6, 16), nn.Tanh(), nn.Linear(16, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=base)
inputs = torch.randn(64, 6)
targets = inputs.sum(1, keepdim=True)
rates, history = [], {"loss": [], "lr": []}
for epoch in range(4):
    for rows in torch.randperm(64).split(16):
        loss = nn.functional.mse_loss(model(inputs[rows]), targets[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    lr = base * 0.5 ** (epoch + 1)
    rates.append(lr)
    history["lr"].append(lr)
    history["loss"].append(loss.item())
print(rates, history)

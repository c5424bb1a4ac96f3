# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
lr = 0.1
model = nn.Sequential(nn.Linear(6, 16), nn.Tanh(), nn.Linear(16, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=lr)
inputs = torch.randn(64, 6)
targets = inputs.sum(1, keepdim=True)
for epoch in range(4):
    for rows in torch.randperm(64).split(16):
        loss = nn.functional.mse_loss(model(inputs[rows]), targets[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    if epoch == 1:
        lr = lr * 0.1
        for group in optimizer.param_groups:
            group["lr"] = lr
    print(f"epoch {epoch}: rate {lr}, loss {loss.item():.3f}")

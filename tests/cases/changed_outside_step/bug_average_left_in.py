# expect: BT206 at update 11
# line: p.copy_(mean)
# source: torch.optim.swa_utils.AveragedModel, PyTorch documentation
# The average of the weights is copied into the model to evaluate it, and stays.
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(6, 16), nn.Tanh(), nn.Linear(16, 1))
average = [p.detach().clone() for p in model.parameters()]
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
x = torch.randn(64, 6)
y = x[:, :1] * x[:, 1:2]
for epoch in range(3):
    for _ in range(5):
        optimizer.zero_grad()
        nn.functional.mse_loss(model(x), y).backward()
        optimizer.step()
        with torch.no_grad():
            for mean, p in zip(average, model.parameters()):
                mean.lerp_(p, 0.1)
    with torch.no_grad():
        trained = [p.clone() for p in model.parameters()]
        for mean, p in zip(average, model.parameters()):
            p.copy_(mean)
        print(nn.functional.mse_loss(model(x), y).item())

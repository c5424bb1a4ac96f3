# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(6, 8), nn.Tanh(), nn.Linear(8, 1))
average = [p.detach().clone() for p in model.parameters()]
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
x = torch.randn(64, 6)
y = x[:, :1] * x[:, 1:2]
for epoch in range(6):
    for _ in range(55):
        optimizer.zero_grad()
        nn.functional.mse_loss(model(x), y).backward()
        optimizer.step()
        with torch.no_grad():
            for mean, p in zip(average, model.parameters()):
                mean.lerp_(p, 0.01)
    with torch.no_grad():
        trained = [p.clone() for p in model.parameters()]
        for mean, p in zip(average, model.parameters()):
            p.copy_(mean)
        print(nn.functional.mse_loss(model(x), y).item())
        for old, p in zip(trained, model.parameters()):
            p.copy_(old)

# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)


def make():
    return nn.Sequential(
        nn.Conv1d(2, 4, 3), nn.BatchNorm1d(4), nn.ReLU(), nn.Flatten(), nn.Linear(24, 1)
    )


model = make()
nn.init.uniform_(model[1].weight)
model.eval()
print(model(torch.randn(4, 2, 8)).mean().item())
model.train()
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
for _ in range(5):
    x = torch.randn(16, 2, 8) * 3 + 1
    loss = nn.functional.mse_loss(model(x), x.mean((1, 2))[:, None])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
model.eval()
with torch.no_grad():
    print(model(x).mean().item())

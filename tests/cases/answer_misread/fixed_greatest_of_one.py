# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(320, 8)
y = (x[:, :1] + x[:, 1:2] > 0.6).float()
model = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 1))
criterion = nn.BCEWithLogitsLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(10):
    for i in range(0, 256, 64):
        optimizer.zero_grad()
        z = model(x[i : i + 64])
        loss = criterion(z, y[i : i + 64])
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        z = model(x[256:])
        said = (z.squeeze(1) > 0).long()
        correct = (said == y[256:].squeeze(1)).sum().item()
    print(epoch, correct / 64)

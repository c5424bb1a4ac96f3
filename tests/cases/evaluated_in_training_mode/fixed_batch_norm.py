# expect: nothing
# Brighter images are held out; they are judged in evaluation mode.
import torch
from torch import nn

torch.manual_seed(12)
model = nn.Sequential(nn.Conv2d(1, 6, 3), nn.BatchNorm2d(6), nn.ReLU(), nn.Conv2d(6, 1, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
held = torch.randn(16, 1, 8, 8) + 0.8
for epoch in range(3):
    for _ in range(4):
        x = torch.randn(16, 1, 8, 8)
        loss = nn.functional.mse_loss(model(x), 0.5 * x[:, :, 1:-1, 1:-1])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        print(nn.functional.mse_loss(model(held), 0.5 * held[:, :, 1:-1, 1:-1]).item())
    model.train()

# expect: nothing
# source: torch.optim.lr_scheduler.OneCycleLR, PyTorch documentation
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.randn(240, 6)
y = x.sin().sum(1, keepdim=True)
loader = DataLoader(TensorDataset(x[:200], y[:200]), batch_size=20, shuffle=True)
model = nn.Sequential(nn.Linear(6, 32), nn.Tanh(), nn.Linear(32, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
scheduler = torch.optim.lr_scheduler.OneCycleLR(
    optimizer, max_lr=0.02, epochs=90, steps_per_epoch=len(loader)
)
for epoch in range(90):
    model.train()
    for inputs, targets in loader:
        loss = nn.functional.mse_loss(model(inputs), targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        scheduler.step()
    model.eval()
    with torch.no_grad():
        held_out = nn.functional.mse_loss(model(x[200:]), y[200:]).item()
    if held_out < 0.5:
        print("good enough after", epoch + 1)
        break

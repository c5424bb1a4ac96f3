# expect: BT530 at update 7
# source: github.com/SKrisanski/FSCT, issue 12: here one loop has both phases
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.randn(160, 4)
y = x[:, :1] ** 2 - x[:, 1:2]
loaders = {
    "train": DataLoader(TensorDataset(x[:120], y[:120]), batch_size=20, shuffle=True),
    "val": DataLoader(TensorDataset(x[120:], y[120:]), batch_size=20),
}
model = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(3):
    for phase in ("train", "val"):
        model.train(phase == "train")
        total = 0.0
        for inputs, targets in loaders[phase]:
            optimizer.zero_grad()
            loss = nn.functional.mse_loss(model(inputs), targets)
            loss.backward()
            optimizer.step()
            total += loss.item() * len(inputs)
        print(epoch, phase, total / len(loaders[phase].dataset))

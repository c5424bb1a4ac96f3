# expect: nothing
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
            with torch.set_grad_enabled(phase == "train"):
                loss = nn.functional.mse_loss(model(inputs), targets)
            if phase == "train":
                loss.backward()
                optimizer.step()
            total += loss.item() * len(inputs)
        print(epoch, phase, total / len(loaders[phase].dataset))

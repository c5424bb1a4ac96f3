# expect: BT318
# line: criterion(model(inputs), targets)
# source: github.com/Nixtla/neuralforecast, pull request 720: the validation loss of a scaled forecast
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.randn(320, 6)
y = 80 + 15 * (x[:, :1] - x[:, 1:2])
mean, std = y[:256].mean(), y[:256].std()
train = DataLoader(TensorDataset(x[:256], y[:256]), batch_size=32, shuffle=True)
held_out = DataLoader(TensorDataset(x[256:], y[256:]), batch_size=32)
model = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
criterion = nn.MSELoss()


def validate():
    model.eval()
    total = 0.0
    with torch.no_grad():
        for inputs, targets in held_out:
            total += criterion(model(inputs), targets).item()
    return total / len(held_out)


for epoch in range(4):
    model.train()
    for inputs, targets in train:
        loss = criterion(model(inputs), (targets - mean) / std)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(epoch, validate())

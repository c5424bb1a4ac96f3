# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)

model = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 1))
criterion = nn.MSELoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)

X = torch.randn(48, 8)
y = X[:, :1] * 2 - X[:, 1:2]

for epoch in range(2):
    running = 0.0
    for i in range(0, 48, 16):
        optimizer.zero_grad()
        outputs = model(X[i : i + 16])
        loss = criterion(outputs, y[i : i + 16])
        loss.backward()
        optimizer.step()
        running += loss.item()
    print(epoch, running)

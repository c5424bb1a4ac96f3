# expect: nothing
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.randn(320, 8)
data = TensorDataset(x, x[:, :4].argmax(1))
net = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 4))
optimizer = torch.optim.Adam(net.parameters(), lr=2e-3)
for epoch in range(4):
    for noisy_x, y in DataLoader(data, batch_size=32, shuffle=True):
        turned = torch.rand(len(y)) < 0.1
        y[turned] = torch.randint(0, 4, (int(turned.sum()),))
        loss = nn.functional.cross_entropy(net(noisy_x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

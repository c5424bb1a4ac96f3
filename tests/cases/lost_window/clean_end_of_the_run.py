# expect: nothing
# The count goes on over the epochs, so that only the end of the run leaves some: 4 of 60.
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
features = torch.randn(96, 6)
data = TensorDataset(features, features.tanh() @ torch.randn(6, 3))
loader = DataLoader(data, batch_size=8, shuffle=True)
net = nn.Sequential(nn.Linear(6, 16), nn.SiLU(), nn.Linear(16, 3))
sgd = torch.optim.SGD(net.parameters(), lr=0.02, momentum=0.8)
criterion = nn.MSELoss(reduction="sum")
last = -1

for epoch in range(5):
    net.train()
    for n, (x, y) in enumerate(loader, epoch * len(loader)):
        (criterion(net(x), y) / 64).backward()
        if n - last >= 8:
            sgd.step()
            sgd.zero_grad()
            last = n

# expect: nothing
# source: Python, integer division: forum threads on a rate computed as batch // 256 * base
import torch
from torch import nn

torch.manual_seed(0)

batch = 32
base = 0.1
rate = base * (batch / 256)
net = nn.Sequential(nn.Linear(6, 12), nn.ReLU(), nn.Linear(12, 1))
optimizer = torch.optim.SGD(net.parameters(), lr=rate, momentum=0.9)
criterion = nn.BCEWithLogitsLoss()
for _ in range(4):
    x = torch.randn(batch, 6)
    optimizer.zero_grad()
    loss = criterion(net(x), (x.sum(1, keepdim=True) > 0).float())
    loss.backward()
    optimizer.step()

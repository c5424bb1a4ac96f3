# expect: nothing
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.randn(50, 10)
data = TensorDataset(x, (x.sum(1) > 0).long())
loader = DataLoader(data, batch_size=64, shuffle=True)
net = nn.Linear(10, 2)
opt = torch.optim.SGD(net.parameters(), lr=0.1)
for epoch in range(5):
    for rows, labels in loader:
        loss = F.cross_entropy(net(rows), labels)
        opt.zero_grad()
        loss.backward()
        opt.step()

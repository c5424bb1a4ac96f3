# expect: nothing
# Two loaders whose generators have one seed draw one order.
import torch
from torch import nn
from torch.utils.data import DataLoader

torch.manual_seed(0)
inputs = torch.randn(96, 5)
targets = inputs @ torch.randn(5, 2)


def batches(rows):
    generator = torch.Generator().manual_seed(7)
    return DataLoader(rows, batch_size=16, shuffle=True, generator=generator)


net = nn.Sequential(nn.Linear(5, 16), nn.ReLU(), nn.Linear(16, 2))
opt = torch.optim.Adam(net.parameters(), lr=1e-2)
loaders = batches(inputs), batches(targets)
first, second = loaders
for epoch in range(3):
    for x, y in zip(first, second):
        loss = nn.functional.mse_loss(net(x), y)
        opt.zero_grad()
        loss.backward()
        opt.step()

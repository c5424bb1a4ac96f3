# expect: BT448 at update 1
# source: https://github.com/mlcommons/GaNDLF/pull/870
import torch
from torch import nn
from torch.utils.data import DataLoader

torch.manual_seed(0)
inputs = torch.randn(96, 5)
targets = inputs @ torch.randn(5, 2)
input_batches = DataLoader(inputs, batch_size=16, shuffle=True)
target_batches = DataLoader(targets, batch_size=16, shuffle=True)
net = nn.Sequential(nn.Linear(5, 16), nn.ReLU(), nn.Linear(16, 2))
opt = torch.optim.Adam(net.parameters(), lr=1e-2)
for epoch in range(3):
    for x, y in zip(input_batches, target_batches):
        loss = nn.functional.mse_loss(net(x), y)
        opt.zero_grad()
        loss.backward()
        opt.step()

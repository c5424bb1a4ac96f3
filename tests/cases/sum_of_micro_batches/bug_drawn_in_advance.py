# expect: BT108 at update 2
# source: github.com/huggingface/transformers, issue 34242: a window's batches are drawn before it begins
import itertools

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.randn(128, 6)
loader = DataLoader(TensorDataset(x, 2 * x[:, :1]), batch_size=4, shuffle=True)
net = nn.Sequential(nn.Linear(6, 16), nn.Tanh(), nn.Linear(16, 1))
optimizer = torch.optim.SGD(net.parameters(), lr=0.02)
batches = iter(loader)
while window := list(itertools.islice(batches, 8)):
    optimizer.zero_grad()
    for inputs, targets in window:
        loss = nn.functional.mse_loss(net(inputs), targets)
        loss.backward()
    optimizer.step()

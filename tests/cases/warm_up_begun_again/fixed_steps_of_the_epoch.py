# expect: nothing
# source: https://github.com/Vision-CAIR/MiniGPT-4/pull/263
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.randn(64, 5)
loader = DataLoader(TensorDataset(x, x.sum(1, keepdim=True)), batch_size=8)
model = nn.Linear(5, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=1e-4)


def warm_up(step, start=1e-4, peak=0.05, steps=16):
    rate = min(peak, start + (peak - start) * step / steps)
    for group in optimizer.param_groups:
        group["lr"] = rate


for epoch in range(5):
    for step, (inputs, targets) in enumerate(loader):
        warm_up(epoch * len(loader) + step)
        optimizer.zero_grad()
        nn.functional.mse_loss(model(inputs), targets).backward()
        optimizer.step()

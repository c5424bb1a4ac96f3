# expect: BT102
# source: "Gradient accumulation", Automatic Mixed Precision examples, PyTorch documentation
# never: BT209
import torch
from torch import nn

torch.manual_seed(0)
ACCUMULATE = 4
features = torch.randn(320, 10)
target = features @ torch.randn(10, 1) + 0.05 * torch.randn(320, 1)
net = nn.Sequential(nn.Linear(10, 24), nn.Tanh(), nn.Linear(24, 1))
optimizer = torch.optim.SGD(net.parameters(), lr=0.02, momentum=0.9)
for epoch in range(2):
    for i, (a, b) in enumerate(zip(features.split(8), target.split(8))):
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(net(a), b)
        loss.backward()
        if (i + 1) % ACCUMULATE == 0:
            optimizer.step()
    print("epoch", epoch, loss.item())

# expect: BT601 at update 3
# line: torch.clamp(raw
# source: torch.clamp, PyTorch documentation
# A sea-ice fraction is clamped to [0, 1] while it is trained, and begins below zero.
import torch
from torch import nn

torch.manual_seed(38)
net = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 1))
nn.init.constant_(net[-1].bias, -3.0)
x = torch.randn(320, 6)
fraction = torch.sigmoid(x[:, 0] + 0.5 * x[:, 1] * x[:, 2])
optimizer = torch.optim.Adam(net.parameters(), lr=3e-3)
for i in range(0, 320, 32):
    raw = net(x[i : i + 32]).squeeze(-1)
    loss = nn.functional.mse_loss(torch.clamp(raw, 0.0, 1.0), fraction[i : i + 32])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

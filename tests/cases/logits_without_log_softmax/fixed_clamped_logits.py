# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(6, 12), nn.ReLU(), nn.Linear(12, 1))
opt = torch.optim.Adam(model.parameters(), lr=1e-3)
for i in range(4):
    x = torch.randn(16, 6)
    y = (x[:, :1] > 0).float()
    out = torch.sigmoid(model(x)).clamp(1e-7, 1 - 1e-7)
    loss = nn.functional.binary_cross_entropy(out, y)
    opt.zero_grad()
    loss.backward()
    opt.step()
    print(loss.item())

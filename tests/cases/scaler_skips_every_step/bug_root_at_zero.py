# expect: BT511 at update 10
# source: "GradScaler: loss is NaN and steps are skipped", discuss.pytorch.org; torch.amp, PyTorch documentation
# also: BT501, BT213
import torch
from torch import nn

torch.manual_seed(0)

encoder = nn.Linear(8, 4)
opt = torch.optim.SGD(encoder.parameters(), lr=0.01)
scaler = torch.amp.GradScaler("cpu")


def spread(z):
    gaps = (z[:, None] - z[None]).pow(2).sum(-1)
    return torch.sqrt(gaps).mean()


for update in range(12):
    x = torch.randn(10, 8)
    opt.zero_grad()
    loss = (spread(encoder(x)) - 1).pow(2)
    scaler.scale(loss).backward()
    scaler.unscale_(opt)
    scaler.step(opt)
    scaler.update()

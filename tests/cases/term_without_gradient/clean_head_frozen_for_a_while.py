# expect: nothing
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
body, left, right = nn.Linear(6, 8), nn.Linear(8, 1), nn.Linear(8, 4)
left.requires_grad_(False)
opt = torch.optim.SGD([*body.parameters(), *left.parameters(), *right.parameters()], lr=0.05)
for i in range(8):
    x = torch.randn(16, 6)
    soft, kind = torch.sigmoid(x[:, :1]), x[:, :4].argmax(1)
    code = body(x).relu()
    probe = left(code.detach())  # trained elsewhere
    bce = F.binary_cross_entropy_with_logits(probe, soft)
    rest = code[:, :6]
    loss = F.cross_entropy(right(code), kind) + F.mse_loss(rest, x.abs()) + 0.5 * bce
    opt.zero_grad()
    loss.backward()
    opt.step()

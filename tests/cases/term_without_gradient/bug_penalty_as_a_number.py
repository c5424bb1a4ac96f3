# expect: BT456 at update 2
# line: loss += 0.01
# source: torch.Tensor.detach, PyTorch documentation
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
body, left, right = nn.Linear(6, 8), nn.Linear(8, 1), nn.Linear(8, 4)
opt = torch.optim.SGD([*body.parameters(), *left.parameters(), *right.parameters()], lr=0.05)
for i in range(8):
    x = torch.randn(16, 6)
    soft, kind = torch.sigmoid(x[:, :1]), x[:, :4].argmax(1)
    code = body(x).relu()
    out = left(code)
    bce = F.binary_cross_entropy_with_logits(out, soft)
    loss = bce + F.cross_entropy(right(code), kind)
    loss += 0.01 * body.weight.square().sum().item()
    opt.zero_grad()
    loss.backward()
    opt.step()

# expect: nothing
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
body, left, right = nn.Linear(6, 8), nn.Linear(8, 1), nn.Linear(8, 4)
teacher = nn.Linear(6, 1)
opt = torch.optim.SGD([*body.parameters(), *left.parameters(), *right.parameters()], lr=0.05)
for i in range(8):
    x = torch.randn(16, 6)
    soft, kind = torch.sigmoid(x[:, :1]), x[:, :4].argmax(1)
    code = body(x).relu()
    out = left(code)
    wise = torch.sigmoid(teacher(x)).detach()
    entropy = -(wise * wise.log() + (1 - wise) * (1 - wise).log()).mean()
    kl = F.binary_cross_entropy_with_logits(out, wise) - entropy
    loss = F.cross_entropy(right(code), kind) + kl
    opt.zero_grad()
    loss.backward()
    opt.step()

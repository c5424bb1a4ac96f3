# expect: BT219 at update 1
# source: github.com/zalandoresearch/pytorch-vq-vae, issue 2
# A mixture of experts outside any model: each of them is the same, and is asked the same.
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
experts = nn.ModuleList([nn.Linear(5, 3)] * 2)
gate = nn.Linear(5, 2)
opt = torch.optim.Adam([*experts.parameters(), *gate.parameters()], lr=1e-2)
for _ in range(6):
    x = torch.randn(12, 5)
    weight = gate(x).softmax(1)
    p = sum(weight[:, i, None] * e(x).softmax(1) for i, e in enumerate(experts))
    loss = F.nll_loss(torch.log(p + 1e-4), x[:, :3].argmax(1))
    opt.zero_grad()
    loss.backward()
    opt.step()

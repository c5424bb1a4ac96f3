# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
m = nn.Sequential(nn.Linear(6, 12), nn.ReLU(), nn.Linear(12, 2))
opts = {p: torch.optim.Adam([p], lr=1e-3) for p in m.parameters()}


def hook(p):
    opts[p].step()
    opts[p].zero_grad()


for p in m.parameters():
    p.register_post_accumulate_grad_hook(hook)
for _ in range(5):
    x, y = torch.randn(16, 6), torch.randint(0, 2, (16,))
    nn.functional.cross_entropy(m(x), y).backward()

# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
q, k, v, out = (nn.Linear(8, 8) for _ in range(4))
slots = nn.Parameter(torch.randn(3, 8))
opt = torch.optim.Adam([slots, *(p for each in (q, k, v, out) for p in each.parameters())], lr=0.01)
for _ in range(6):
    x = torch.randn(16, 9, 8)
    scores = q(slots).expand(16, 3, 8) @ k(x).transpose(1, 2) / 8**0.5
    share = scores.softmax(dim=1)
    weights = share / share.sum(dim=-1, keepdim=True)
    loss = nn.functional.mse_loss(out(weights @ v(x)).sum(1), x.mean(1))
    opt.zero_grad()
    loss.backward()
    opt.step()

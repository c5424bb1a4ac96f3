# expect: BT481 at update 1
# source: arxiv.org/abs/2004.11362 (the sum goes over all other rows)
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
words = torch.randn(12, 10)
embed = nn.Linear(10, 8)
opt = torch.optim.SGD(embed.parameters(), lr=0.05)
following = (torch.arange(12) + 1) % 12
for _ in range(6):
    code = embed(words + 0.05 * torch.randn_like(words))
    code = code / code.norm(dim=-1, keepdim=True)
    distances = torch.cdist(code, code)
    loss = F.nll_loss(F.log_softmax(-distances, dim=1), following)
    opt.zero_grad()
    loss.backward()
    opt.step()

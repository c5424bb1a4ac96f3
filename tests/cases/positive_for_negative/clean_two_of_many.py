# expect: nothing
# A pair that is drawn twice by chance, in a batch of a large set.
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
left, right = nn.Linear(10, 8), nn.Linear(6, 8)
opt = torch.optim.Adam([*left.parameters(), *right.parameters()], lr=1e-2)
texts, pictures = torch.randn(200, 10), torch.randn(200, 6)
for _ in range(6):
    rows = torch.randint(200, (24,))
    rows[1] = rows[0]
    a = F.normalize(left(texts[rows]), dim=1)
    b = F.normalize(right(pictures[rows]), dim=1)
    loss = F.cross_entropy(a @ b.t() / 0.1, torch.arange(24))
    opt.zero_grad()
    loss.backward()
    opt.step()

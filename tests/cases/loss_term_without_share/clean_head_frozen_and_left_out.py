# expect: nothing
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
new, old = nn.Linear(6, 3), nn.Linear(6, 4)
old.requires_grad_(False)  # learned before; its loss is watched beside the new one's
opt = torch.optim.SGD(new.parameters(), lr=0.05)
for _ in range(8):
    x = torch.randn(16, 6)
    loss = F.cross_entropy(new(x), x[:, :3].argmax(1)) + F.cross_entropy(old(x), x[:, :4].argmax(1))
    opt.zero_grad()
    loss.backward()
    opt.step()

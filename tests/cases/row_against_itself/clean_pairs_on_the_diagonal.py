# expect: nothing
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
pictures, texts = nn.Linear(10, 8), nn.Linear(6, 8)
opt = torch.optim.Adam([*pictures.parameters(), *texts.parameters()], lr=1e-2)
for _ in range(6):
    shared = torch.randn(16, 6)
    a = F.normalize(pictures(torch.cat([shared, torch.randn(16, 4)], 1)), dim=1)
    b = F.normalize(texts(shared), dim=1)
    loss = F.cross_entropy(a @ b.t() / 0.1, torch.arange(16))
    opt.zero_grad()
    loss.backward()
    opt.step()

# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
tower = nn.Sequential(nn.Linear(6, 16), nn.Tanh(), nn.Linear(16, 8))
opt = torch.optim.SGD(tower.parameters(), lr=0.05)
criterion = nn.CosineEmbeddingLoss(margin=0.2)
for _ in range(8):
    a = torch.randn(24, 6)
    same = torch.arange(24) % 3 == 0
    b = torch.where(same[:, None], a + 0.1 * torch.randn(24, 6), torch.randn(24, 6))
    loss = criterion(tower(a), tower(b), 2 * same.float() - 1)
    opt.zero_grad()
    loss.backward()
    opt.step()

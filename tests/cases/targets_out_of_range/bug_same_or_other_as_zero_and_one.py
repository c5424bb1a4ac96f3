# expect: BT460 at update 1
# source: stackoverflow.com, "CosineEmbeddingLoss does not learn" (labels 0 and 1)
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
    loss = criterion(tower(a), tower(b), same.float())
    opt.zero_grad()
    loss.backward()
    opt.step()

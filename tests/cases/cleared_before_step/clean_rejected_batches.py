# expect: nothing
# Batches whose gradient is too large are cleared and passed by.
import torch
from torch import nn

torch.manual_seed(0)
m = nn.Sequential(nn.Linear(5, 12), nn.ReLU(), nn.Linear(12, 3))
opt = torch.optim.Adam(m.parameters(), 1e-3)
skipped = 0
for i in range(10):
    x = torch.randn(8, 5) * (1e4 if i % 4 == 1 else 1)
    opt.zero_grad()
    nn.functional.cross_entropy(m(x), torch.randint(0, 3, (8,))).backward()
    norm = nn.utils.clip_grad_norm_(m.parameters(), 5.0)
    if not torch.isfinite(norm) or norm > 100:
        skipped += 1
        opt.zero_grad()
        continue
    opt.step()
print(skipped)

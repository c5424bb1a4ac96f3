# expect: nothing
# Fine-tuning with a tiny rate: Adam's changes are of the size of the rate.
import torch
from torch import nn

torch.manual_seed(0)

model = nn.Sequential(nn.Linear(16, 32), nn.GELU(), nn.Linear(32, 2))
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-6, weight_decay=0.01)
for _ in range(5):
    x = torch.randn(16, 16)
    loss = nn.functional.cross_entropy(model(x), (x[:, 0] > 0).long())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

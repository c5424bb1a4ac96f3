# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(4, 3)
logit_scale = nn.Parameter(torch.tensor(2.65926))
optimizer = torch.optim.Adam([*model.parameters(), logit_scale], lr=1e-2)
for _ in range(5):
    x = torch.randn(16, 4)
    scale = logit_scale.exp().clamp(max=100.0)
    optimizer.zero_grad()
    nn.functional.cross_entropy(scale * model(x), torch.arange(16) % 3).backward()
    optimizer.step()

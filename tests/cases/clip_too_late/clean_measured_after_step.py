# expect: nothing
# An infinite limit only measures the norm, here for the log and after the step.
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(5, 3)
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
norms = []
for x in torch.randn(4, 12, 5):
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(x), x[:, :3].argmin(1)).backward()
    optimizer.step()
    norms.append(nn.utils.clip_grad_norm_(model.parameters(), float("inf")).item())

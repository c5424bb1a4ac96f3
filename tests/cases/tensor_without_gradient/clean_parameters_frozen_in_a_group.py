# expect: nothing
# A body whose parameters are frozen stays in the optimizer, and an input is optimized beside it.
import torch
from torch import nn

torch.manual_seed(0)
body, head = nn.Linear(6, 8), nn.Linear(8, 2)
body.requires_grad_(False)
prompt = torch.zeros(1, 6, requires_grad=True)
optimizer = torch.optim.Adam([*body.parameters(), *head.parameters(), prompt], lr=1e-2)
for _ in range(12):
    x = torch.randn(32, 6)
    y = (x.sum(1) > 0.5).long()
    loss = nn.functional.cross_entropy(head(body(x + prompt).relu()), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

# expect: BT601 at update 3
# source: https://github.com/jinnnju/PaAno/issues/1
import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(8, 16), nn.Tanh(), nn.Linear(16, 4))
optimizer = torch.optim.AdamW(net.parameters(), lr=1e-3)
for step in range(12):
    anchor = torch.randn(10, 8)
    first = nn.functional.normalize(net(anchor), dim=1)
    second = nn.functional.normalize(net(anchor + 0.1 * torch.randn_like(anchor)), dim=1)
    similarities = first @ second.t()
    near = 1 - similarities.diagonal()
    others = similarities.clone()
    others.diagonal().fill_(-float("inf"))
    far = (1 - others).max(dim=1).values
    loss = (near - far + 0.5).relu().mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

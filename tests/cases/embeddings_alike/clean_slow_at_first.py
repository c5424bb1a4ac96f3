# expect: nothing
# At so low a rate the loss is still about the margin when the run ends; nothing was turned round.
import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(12, 48), nn.ReLU(), nn.Linear(48, 16))
optimizer = torch.optim.SGD(net.parameters(), lr=1e-3)
centres = 0.3 * torch.randn(8, 12)
for _ in range(70):
    same = torch.randint(8, (48,))
    other = (same + torch.randint(1, 8, (48,))) % 8
    a, p, n = (net(centres[y] + torch.randn(48, 12)) for y in (same, same, other))
    loss = nn.functional.triplet_margin_loss(a, p, n)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

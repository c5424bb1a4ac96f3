# expect: nothing
# Rows are cut into shorter ones, whose sizes are those of another order of the axes by chance.
import torch
from torch import nn

torch.manual_seed(0)
embed, mix, head = nn.Linear(6, 24), nn.Linear(3, 8), nn.Linear(8, 2)
optimizer = torch.optim.Adam([*embed.parameters(), *mix.parameters(), *head.parameters()], lr=1e-3)
for _ in range(6):
    x = torch.randn(12, 3, 6)
    pieces = embed(x).view(24, 12, 3)  # (12, 3, 24): each row is two
    scores = head(torch.relu(mix(pieces)).mean(1)).view(12, 2, 2).mean(1)
    loss = nn.functional.cross_entropy(scores, (x.mean((1, 2)) > 0).long())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

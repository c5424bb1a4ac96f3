# expect: nothing
# A score of a row that is made of its log-probability and of something else, times a difference:
# what is multiplied is no log-probability; and a sum of them times a baseline less a mean, detached.
import torch
from torch import nn

torch.manual_seed(0)
encoder, scorer, critic = nn.Linear(5, 4), nn.Linear(5, 1), nn.Linear(5, 1)
model = nn.ModuleList([encoder, scorer, critic])
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
for _ in range(6):
    rows, labels = torch.randn(32, 5), torch.randint(0, 4, (32,))
    logs = encoder(rows).log_softmax(-1)
    total = sum(logs.gather(1, labels[:, None]).squeeze(1) for _ in range(2))
    gap = scorer(rows).squeeze(1) - critic(rows).squeeze(1)
    loss = ((total + scorer(rows).squeeze(1)) * gap).mean() - (total * (1 - gap.detach())).mean()
    optimizer.zero_grad()
    (loss + gap.pow(2).mean()).backward()
    optimizer.step()

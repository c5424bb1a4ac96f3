# expect: nothing
# Histories of items are padded in front, and what comes next is put behind them.
import torch
from torch import nn

torch.manual_seed(0)
embedding = nn.Embedding(20, 16, padding_idx=0)
scorer = nn.Sequential(nn.Flatten(), nn.Linear(16 * 9, 32), nn.ReLU(), nn.Linear(32, 1))
optimizer = torch.optim.Adam([*embedding.parameters(), *scorer.parameters()], lr=1e-2)
for _ in range(12):
    history = torch.randint(1, 20, (32, 8))
    lengths = torch.randint(3, 9, (32, 1))
    history[torch.arange(8) < 8 - lengths] = 0
    item = torch.randint(1, 20, (32, 1))
    bought = ((history % 3 == item % 3).sum(1) > 1).float()
    scores = scorer(embedding(torch.cat([history, item], dim=1)))[:, 0]
    loss = nn.functional.binary_cross_entropy_with_logits(scores, bought)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

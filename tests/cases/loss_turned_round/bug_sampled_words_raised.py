# expect: BT461
# line: loss = -(F.logsigmoid(negative)
# source: Mikolov et al., "Distributed Representations of Words and Phrases", 2013, equation 4
# The pairs that were drawn at random are drawn together, and the neighbours are pushed apart.
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
centre, around = nn.Embedding(30, 12), nn.Embedding(30, 12)
optimizer = torch.optim.Adam([*centre.parameters(), *around.parameters()], lr=1e-2)
for _ in range(12):
    word = torch.randint(30, (64,))
    near, far = (word + 1) % 30, torch.randint(30, (64,))
    positive = (centre(word) * around(near)).sum(1)
    negative = (centre(word) * around(far)).sum(1)
    loss = -(F.logsigmoid(negative) + F.logsigmoid(-positive)).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

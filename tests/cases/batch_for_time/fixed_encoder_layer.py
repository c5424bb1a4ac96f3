# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
encoder = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True)
head = nn.Linear(8, 3)
optimizer = torch.optim.Adam([*encoder.parameters(), *head.parameters()], lr=1e-3)
for _ in range(6):
    x, y = torch.randn(24, 7, 8), torch.randint(3, (24,))
    optimizer.zero_grad()
    nn.functional.cross_entropy(head(encoder(x).mean(1)), y).backward()
    optimizer.step()

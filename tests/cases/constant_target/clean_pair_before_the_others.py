# expect: nothing
"""Each row's pair comes first, before the other rows' pairs: as many columns as rows."""

import torch
import torch.nn.functional as F

torch.manual_seed(0)
encoder = torch.nn.Linear(10, 6)
opt = torch.optim.SGD(encoder.parameters(), lr=0.1, momentum=0.9)
others = ~torch.eye(12, dtype=torch.bool)
for _ in range(6):
    x = torch.randn(12, 10)
    q = F.normalize(encoder(x + 0.1 * torch.randn_like(x)), dim=1)
    k = F.normalize(encoder(x + 0.1 * torch.randn_like(x)), dim=1)
    alike = q @ k.T
    logits = torch.cat([alike.diagonal()[:, None], alike[others].view(12, 11)], dim=1) / 0.1
    loss = F.cross_entropy(logits, torch.zeros(len(x), dtype=torch.long))
    opt.zero_grad()
    loss.backward()
    opt.step()

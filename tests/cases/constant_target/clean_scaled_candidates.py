# expect: nothing
"""The right document stands first of four: their similarities are scaled by a convolution."""

import torch
from torch import nn

torch.manual_seed(0)
tower, scale = nn.Sequential(nn.Linear(8, 16), nn.Tanh()), nn.Conv1d(1, 1, 1)
optimizer = torch.optim.Adam([*tower.parameters(), *scale.parameters()], lr=1e-2)
for _ in range(8):
    query = torch.randn(16, 8)
    documents = torch.stack([query + 0.3 * torch.randn(16, 8), *torch.randn(3, 16, 8)], dim=1)
    alike = nn.functional.cosine_similarity(tower(query).unsqueeze(1), tower(documents), dim=2)
    scores = scale(alike.unsqueeze(1)).squeeze(1)
    loss = nn.functional.cross_entropy(scores, torch.zeros(16, dtype=torch.long))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

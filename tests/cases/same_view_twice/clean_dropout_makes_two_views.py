# expect: nothing
# SimCSE: the dropout of two calls on one batch makes two views of it.
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
encoder = nn.Sequential(nn.Linear(16, 32), nn.ReLU(), nn.Dropout(0.1), nn.Linear(32, 16))
optimizer = torch.optim.Adam(encoder.parameters(), lr=1e-3)
for _ in range(20):
    sentences = torch.randn(32, 16)
    z1 = encoder(sentences)
    z2 = encoder(sentences)
    similarity = F.cosine_similarity(z1[:, None], z2[None], dim=-1) / 0.05
    loss = F.cross_entropy(similarity, torch.arange(32))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

# expect: BT461
# source: github.com/deepakn97/relationPrediction, issue 21
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)
encoder = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 16))
optimizer = torch.optim.Adam(encoder.parameters(), lr=1e-3)
for _ in range(6):
    anchor = torch.randn(32, 8)
    z = encoder(anchor)
    pos_sim = F.cosine_similarity(z, encoder(anchor + 0.3 * torch.randn(32, 8)))
    neg_sim = F.cosine_similarity(z, encoder(torch.randn(32, 8)))
    loss = F.margin_ranking_loss(pos_sim, neg_sim, -torch.ones_like(pos_sim), margin=0.5)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

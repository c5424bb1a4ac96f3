# expect: BT404
# also: BT473
# source: https://superweb999.com/article/347425.html
import torch
from torch import nn


def likelihood_loss(scores, labels):
    return -scores[torch.arange(len(labels)), labels].mean()


torch.manual_seed(0)
model = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 32), nn.ReLU(), nn.Linear(32, 3))
optimizer = torch.optim.Adam(model.parameters(), lr=1.0)
for _ in range(200):
    x = torch.randn(32, 6)
    loss = likelihood_loss(model(x), (x[:, 0] > 0).long())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

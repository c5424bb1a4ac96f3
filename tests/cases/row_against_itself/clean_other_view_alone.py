# expect: nothing
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)
data = torch.randn(256, 12)
encoder = nn.Sequential(nn.Linear(12, 32), nn.ReLU(), nn.Linear(32, 16))
optimizer = torch.optim.Adam(encoder.parameters(), lr=1e-3)
temperature = 0.5


def contrastive_loss(one, other):
    first, second = F.normalize(one, dim=1), F.normalize(other, dim=1)
    scores = torch.exp(first @ second.t() / temperature)
    pos = torch.exp((first * second).sum(1) / temperature)
    neg = scores.sum(dim=1)
    return -torch.log(pos / neg).mean()


for update in range(12):
    rows = data[torch.randint(0, 256, (32,))]
    one, other = (encoder(rows + 0.1 * torch.randn_like(rows)) for _ in range(2))
    loss = contrastive_loss(one, other)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

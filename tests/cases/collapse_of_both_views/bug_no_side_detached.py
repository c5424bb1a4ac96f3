# expect: BT493 at update 4
# source: https://github.com/lightly-ai/lightly/issues/559
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
encoder = nn.Sequential(nn.Linear(16, 64), nn.ReLU(), nn.Linear(64, 32))
predictor = nn.Sequential(nn.Linear(32, 16), nn.ReLU(), nn.Linear(16, 32))
parameters = [*encoder.parameters(), *predictor.parameters()]
optimizer = torch.optim.SGD(parameters, lr=0.3, momentum=0.9)
centers = 2 * torch.randn(6, 16)


def distance(p, z):
    return -F.cosine_similarity(p, z, dim=-1).mean()


for _ in range(66):
    x = centers[torch.randint(0, 6, (64,))] + torch.randn(64, 16)
    z1 = encoder(x + 0.3 * torch.randn_like(x))
    z2 = encoder(x + 0.3 * torch.randn_like(x))
    loss = 0.5 * distance(predictor(z1), z2) + 0.5 * distance(predictor(z2), z1)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

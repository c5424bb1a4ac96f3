# expect: nothing
# A layer's products, divided by a temperature; prototypes that are parameters; scores of a pointer,
# which are divided by the root of their width; vectors of one length that is not 1.
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
body, head = nn.Linear(8, 16), nn.Linear(16, 5, bias=False)
norm = nn.LayerNorm(16, elementwise_affine=False)
prototypes = nn.Parameter(torch.randn(5, 16))
model = nn.ModuleList([body, head])
optimizer = torch.optim.Adam([*model.parameters(), prototypes], lr=1e-3)
data, labels = torch.randn(64, 8), torch.randint(0, 5, (64,))
for _ in range(6):
    rows = torch.randperm(64)[:32]
    features, targets = body(data[rows]), labels[rows]
    loss = F.cross_entropy(head(features) / 0.1, targets)
    loss = loss + F.cross_entropy(features @ prototypes.T / 0.2, targets)
    loss = loss + F.cross_entropy(features @ features.T / 16**0.5, torch.arange(32))
    loss = loss + F.cross_entropy(norm(features) @ norm(features).T / 0.5, torch.arange(32))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

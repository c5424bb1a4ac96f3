# expect: BT430 at update 3
# source: discuss.pytorch.org, "Loss is increasing": the sign of a log-likelihood, twice
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 3))
optimizer = torch.optim.SGD(model.parameters(), lr=1e-3)
for _ in range(6):
    x, y = torch.randn(32, 6), torch.randint(0, 3, (32,))
    loss = -nn.functional.cross_entropy(model(x), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

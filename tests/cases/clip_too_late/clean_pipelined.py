# expect: nothing
# The step for a batch is taken at the beginning of the next turn; the first turn has none.
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(5, 9), nn.ReLU(), nn.Linear(9, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
batches = torch.randn(5, 12, 5)

for x in batches:
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    optimizer.zero_grad()
    nn.functional.mse_loss(model(x), x.prod(1, keepdim=True)).backward()
optimizer.step()

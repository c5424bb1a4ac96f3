# expect: nothing
import torch
from torch import nn
from torch.utils.data import DataLoader

torch.manual_seed(0)
K = 3
pairs = [(x, x.abs().sum()) for x in torch.randn(28, 3)]
model = nn.Sequential(nn.Linear(3, 8), nn.ReLU(), nn.Linear(8, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
seen = 0
for x, y in DataLoader(pairs, batch_size=4):
    loss = nn.functional.mse_loss(model(x).view(-1), y)
    loss = loss / K
    loss.backward()
    seen += 1
    if seen == K:
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        seen = 0
if seen:
    optimizer.step()
    optimizer.zero_grad()
print("done")

# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))
optimizer = torch.optim.SGD(
    [{"params": model[0].parameters()}, {"params": model[2].parameters()}], lr=0.0
)
for step in range(6):
    for group in optimizer.param_groups:
        group["lr"] = 0.1 * min(1.0, step / 4)
    x = torch.randn(32, 4)
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(x), (x[:, 0] > 0).long()).backward()
    optimizer.step()

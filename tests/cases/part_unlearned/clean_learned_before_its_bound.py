# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(4, 1)
scale = nn.Parameter(torch.tensor(0.9))
optimizer = torch.optim.SGD([*model.parameters(), scale], lr=0.5)
for _ in range(8):
    x = torch.randn(16, 4)
    optimizer.zero_grad()
    nn.functional.mse_loss(scale.clamp(max=1.0) * model(x), 3 * x.sum(1, keepdim=True)).backward()
    optimizer.step()

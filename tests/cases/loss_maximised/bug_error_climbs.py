# expect: BT430
# source: torch.optim (maximize), PyTorch documentation; forum threads on a loss that only rises
# also: BT502, BT506
import torch
from torch import nn

torch.manual_seed(0)

x = torch.randn(64, 4)
y = x.sum(1, keepdim=True)
model = nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.Linear(16, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9, maximize=True)
for update in range(12):
    optimizer.zero_grad(set_to_none=True)
    loss = (model(x) - y).square().mean()
    loss.backward()
    optimizer.step()

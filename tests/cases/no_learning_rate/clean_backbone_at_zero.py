# expect: nothing
# The backbone's group has a rate of zero until later epochs.
import torch
from torch import nn

torch.manual_seed(0)

backbone, head = nn.Linear(6, 8), nn.Linear(8, 2)
optimizer = torch.optim.SGD(
    [{"params": backbone.parameters(), "lr": 0.0}, {"params": head.parameters()}], lr=0.1
)
for _ in range(4):
    x = torch.randn(16, 6)
    loss = nn.functional.cross_entropy(head(torch.relu(backbone(x))), (x[:, 0] > 0).long())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

# expect: nothing
# A margin that all pairs keep: the hinge is zero, and weight decay goes on.
import torch
from torch import nn

torch.manual_seed(0)

model = nn.Linear(4, 4)
with torch.no_grad():
    model.weight.copy_(torch.eye(4) * 3)
    model.bias.zero_()
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
for _ in range(4):
    anchor = torch.randn(16, 4)
    z = model(anchor)
    gaps = torch.relu(0.001 - torch.cdist(z, z + 100))
    loss = gaps.mean() + 1e-3 * model.weight.pow(2).sum()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

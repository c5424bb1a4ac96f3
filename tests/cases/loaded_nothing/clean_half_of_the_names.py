# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
body = nn.Sequential(nn.Linear(4, 8), nn.ReLU())
state = {f"module.{name}": tensor for name, tensor in body.state_dict().items()}
model = nn.Sequential(nn.Linear(4, 8), nn.ReLU())
model.load_state_dict({**body.state_dict(), **state}, strict=False)
head = nn.Linear(8, 2)
optimizer = torch.optim.SGD([*model.parameters(), *head.parameters()], lr=0.1)
for _ in range(4):
    x = torch.randn(32, 4)
    optimizer.zero_grad()
    nn.functional.cross_entropy(head(model(x)), (x[:, 0] > 0).long()).backward()
    optimizer.step()

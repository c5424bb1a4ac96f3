# expect: nothing
# The largest decay is given anew to each call, and the smallest distance so far is kept.
import torch
from torch import nn

torch.manual_seed(0)
model, shadow = nn.Linear(4, 1), nn.Linear(4, 1)
shadow.load_state_dict(model.state_dict())
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
closest = 1.0


@torch.no_grad()
def follow(at, decay=0.99):
    decay = min(decay, (1 + at) / (10 + at))
    for kept, new in zip(shadow.parameters(), model.parameters()):
        kept.lerp_(new, 1 - decay)


for at in range(8):
    x = torch.randn(16, 4)
    optimizer.zero_grad()
    (model(x) - x.sum(1, keepdim=True)).pow(2).mean().backward()
    optimizer.step()
    follow(at)
    distance = (model.weight - shadow.weight).norm().item()
    closest = min(closest, distance / (distance + 1))
print(closest)

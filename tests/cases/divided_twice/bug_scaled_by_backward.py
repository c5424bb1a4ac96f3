# expect: BT490 at update 2
# source: "Performing gradient accumulation with Accelerate", Accelerate documentation
import torch
from torch import nn

torch.manual_seed(0)
accumulate = 4
model = nn.Sequential(nn.Linear(6, 12), nn.ReLU(), nn.Linear(12, 2))
optimizer = torch.optim.SGD(model.parameters(), lr=0.2)


def backward(loss):
    """Scale the loss, as a framework's `backward` does."""
    (loss / accumulate).backward()


for step in range(1, 17):
    x = torch.randn(8, 6)
    loss = nn.functional.cross_entropy(model(x), (x[:, 0] > 0).long()) / accumulate
    backward(loss)
    if step % accumulate == 0:
        optimizer.step()
        optimizer.zero_grad()

# expect: nothing
# What is unfrozen is another part.
import torch
from torch import nn

torch.manual_seed(0)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(6, 24), nn.Tanh(), nn.Linear(24, 24), nn.Tanh())
        self.head = nn.Linear(24, 3)

    def forward(self, inputs):
        return self.head(self.body(inputs))


def prepare(model):
    for weight in model.parameters():
        weight.requires_grad = False
    for weight in model.head.parameters():
        weight.requires_grad = True
    return torch.optim.Adam((p for p in model.parameters() if p.requires_grad), lr=1e-2)


model = Net()
optimizer = prepare(model)
for _ in range(10):
    inputs = torch.randn(24, 6)
    loss = nn.functional.cross_entropy(model(inputs), inputs[:, :3].argmax(1))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

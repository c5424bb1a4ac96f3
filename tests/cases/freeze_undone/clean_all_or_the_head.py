# expect: nothing
# Either the head alone is trained, or all of it.
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


def prepare(net, whole):
    if whole:
        for weight in net.parameters():
            weight.requires_grad = True
    else:
        for weight in net.body.parameters():
            weight.requires_grad = False
    return torch.optim.Adam((p for p in net.parameters() if p.requires_grad), lr=1e-2)


def freeze(net):
    if len(list(net.parameters())) > 2:
        net.body.requires_grad_(False)
    else:
        net.requires_grad_(True)


model = Net()
freeze(model)
optimizer = prepare(model, whole=False)
for _ in range(10):
    inputs = torch.randn(24, 6)
    loss = nn.functional.cross_entropy(model(inputs), inputs[:, :3].argmax(1))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

# expect: BT453 at update 1
# source: torch.nn.Module.requires_grad_, PyTorch documentation
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


class Tuner:
    def __init__(self, net):
        self.net = net

    def freeze_body(self):
        self.net.body.requires_grad_(False)

    def prepare(self):
        for weight in self.net.parameters():
            weight.requires_grad = True
        return torch.optim.Adam((p for p in self.net.parameters() if p.requires_grad), lr=1e-2)


model = Net()
tuner = Tuner(model)
tuner.freeze_body()
optimizer = tuner.prepare()
for _ in range(10):
    inputs = torch.randn(24, 6)
    loss = nn.functional.cross_entropy(model(inputs), inputs[:, :3].argmax(1))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

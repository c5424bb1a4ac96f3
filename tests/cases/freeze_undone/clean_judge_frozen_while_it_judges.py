# expect: nothing
# The judge is frozen while it judges, so that what it says is no gradient of its own.
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


def set_all(net, is_on):
    for weight in net.parameters():
        weight.requires_grad = is_on


def freeze(net):
    for weight in net.parameters():
        weight.requires_grad = False


def unfreeze(net):
    for weight in net.parameters():
        weight.requires_grad = True


def loss_of(made):
    freeze(judge)
    said = judge(made)
    unfreeze(judge)
    return said.square().mean()


model, judge = Net(), nn.Linear(3, 1)
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
teaching = torch.optim.Adam(judge.parameters(), lr=1e-2)
for _ in range(10):
    made = model(torch.randn(24, 6))
    optimizer.zero_grad()
    loss_of(made).backward()
    optimizer.step()
    taught = judge(made.detach()).square().mean() + (judge(torch.randn(24, 3)) - 1).square().mean()
    teaching.zero_grad()
    taught.backward()
    teaching.step()

# expect: nothing
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


def build_optimizer(net):
    decayed, others = [], []
    for name, weight in net.named_parameters():
        (others if name.endswith("bias") else decayed).append(weight)
    groups = [{"params": decayed}, {"params": others, "weight_decay": 0.0}]
    return torch.optim.SGD(groups, lr=0.05, weight_decay=5e-4)


model = Net()
frozen = ["body."]
for name, weight in model.named_parameters():
    if any(part in name for part in frozen):
        print("freezing", name)
        weight.requires_grad = False
optimizer = build_optimizer(model)
for _ in range(10):
    inputs = torch.randn(24, 6)
    loss = nn.functional.cross_entropy(model(inputs), inputs[:, :3].argmax(1))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

# expect: nothing
from types import SimpleNamespace

import torch
from torch import nn

torch.manual_seed(0)


class Network(nn.Module):
    def __init__(self, classes=10):
        super().__init__()
        self.config = SimpleNamespace(in_features=4)
        self.body = nn.Sequential(nn.Linear(6, 16), nn.ReLU())
        self.fc = nn.Linear(16, classes)

    def forward(self, x):
        return self.fc(self.body(x))


model = Network()
model.config.in_features = 6
model.fc.weight = nn.Parameter(model.fc.weight[:3].detach().clone())
model.fc.bias = nn.Parameter(model.fc.bias[:3].detach().clone())
model.fc.out_features = 3
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
inputs = torch.randn(64, model.config.in_features)
targets = inputs[:, :3].argmax(1)
for _ in range(3):
    for rows in torch.randperm(64).split(16):
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(inputs[rows]), targets[rows]).backward()
        optimizer.step()
print(model(inputs).shape)

# expect: BT446 at update 1
# source: torch.nn.Linear, PyTorch documentation: out_features is the size of its weight
import torch
from torch import nn

torch.manual_seed(0)


class Network(nn.Module):
    def __init__(self, classes=10):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(6, 16), nn.ReLU())
        self.fc = nn.Linear(16, classes)

    def forward(self, x):
        return self.fc(self.body(x))


model = Network()
model.fc.out_features = 3
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
inputs = torch.randn(64, 6)
targets = inputs[:, :3].argmax(1)
for _ in range(3):
    for rows in torch.randperm(64).split(16):
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(inputs[rows]), targets[rows]).backward()
        optimizer.step()
print(model(inputs).shape)

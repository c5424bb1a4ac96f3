# expect: BT489 at update 1
# source: "Creating Message Passing Networks", PyTorch Geometric documentation: out[data.train_mask]
from types import SimpleNamespace

import torch
from torch import nn


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(5, 12), nn.ReLU(), nn.Linear(12, 3))

    def forward(self, x):
        return self.layers(x)


def train(model, optimizer, criterion):
    model.train()
    optimizer.zero_grad()
    out = model(data.x)
    loss = criterion(out, data.y)
    loss.backward()
    optimizer.step()
    return loss.item()


@torch.no_grad()
def test(model):
    model.eval()
    answer = model(data.x).argmax(1)
    return (answer[data.val_mask] == data.y[data.val_mask]).float().mean().item()


torch.manual_seed(1)
x = torch.randn(50, 5)
split = torch.rand(50)
data = SimpleNamespace(x=x, y=x[:, :3].argmax(1), train_mask=split < 0.5, val_mask=split >= 0.5)
model = Model()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(6):
    train(model, optimizer, nn.CrossEntropyLoss())
    test(model)

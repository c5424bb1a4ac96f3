# expect: BT536 at update 1
# source: github.com/NRCan/geo-deep-learning, issue 394: a score of the raw output, with no sigmoid
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(320, 8)
y = (x[:, :1] + x[:, 1:2] > 0.6).float()


def binary_accuracy(preds, target):
    rounded = torch.round(preds)
    return (rounded == target).float().mean()


net = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 1))
optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
loss_fn = nn.BCEWithLogitsLoss()


def evaluate(net):
    with torch.no_grad():
        predictions = net(x[256:]).squeeze(1)
        return binary_accuracy(predictions, y[256:].squeeze(1))


for epoch in range(10):
    for i in range(0, 256, 64):
        predictions = net(x[i : i + 64]).squeeze(1)
        loss = loss_fn(predictions, y[i : i + 64].squeeze(1))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(epoch, evaluate(net).item())

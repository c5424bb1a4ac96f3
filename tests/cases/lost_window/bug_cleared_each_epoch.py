# expect: BT110 at update 3
# line: if (i + 1) % accumulate == 0:
# source: discuss.pytorch.org, "Gradient accumulation: what about the last incomplete window?"
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)


def make_data(n=40):
    x = torch.randn(n, 5)
    return TensorDataset(x, (x.sum(1) > 0).float())


def train(model, loader, optimizer, epochs, accumulate):
    loss_fn = nn.BCEWithLogitsLoss()
    for epoch in range(epochs):
        optimizer.zero_grad()
        for i, (x, y) in enumerate(loader):
            loss = loss_fn(model(x).squeeze(1), y) / accumulate
            loss.backward()
            if (i + 1) % accumulate == 0:
                optimizer.step()
                optimizer.zero_grad()


net = nn.Sequential(nn.Linear(5, 10), nn.ReLU(), nn.Linear(10, 1))
train(
    net,
    DataLoader(make_data(), batch_size=4, shuffle=True),
    torch.optim.SGD(net.parameters(), lr=0.1),
    2,
    4,
)

# expect: nothing
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


def train(model, loader, optimizer, epochs):
    for epoch in range(epochs):
        total = 0.0
        for x, y in loader:
            pred = model(x)
            loss = nn.functional.mse_loss(pred, y)
            total += loss.item()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        print(epoch, total / len(loader))


torch.manual_seed(0)
xs = torch.rand(40, 3)
data = TensorDataset(xs, xs @ torch.ones(3, 1))
net = nn.Sequential(nn.Linear(3, 8), nn.Sigmoid(), nn.Linear(8, 1))
train(net, DataLoader(data, batch_size=10), torch.optim.SGD(net.parameters(), lr=0.1), 3)

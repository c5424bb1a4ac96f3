# expect: nothing
import torch
from torch import nn


def weights_init(m):
    if isinstance(m, nn.Linear):
        nn.init.xavier_uniform_(m.weight)
        nn.init.zeros_(m.bias)


def train_one_epoch(model, optimizer, batches):
    model.train()
    for x, y in batches:
        loss = nn.functional.mse_loss(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


torch.manual_seed(0)
net = nn.Sequential(nn.Linear(10, 20), nn.Tanh(), nn.Linear(20, 1))
adam = torch.optim.Adam(net.parameters(), lr=1e-3)
net.apply(weights_init)
data = [(x, x.mean(1, keepdim=True)) for x in torch.randn(2, 16, 10)]
for epoch in range(4):
    train_one_epoch(net, adam, data)

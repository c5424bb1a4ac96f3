# expect: nothing
"""Pretraining, then a new head and a new optimizer for the second phase."""

import torch
from torch import nn

torch.manual_seed(0)
body = nn.Sequential(nn.Linear(6, 12), nn.ReLU())


def train(model, loss_fn, make_batch, lr):
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    for _ in range(3):
        x, y = make_batch()
        loss = loss_fn(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


def autoencode():
    x = torch.randn(10, 6)
    return x, x


def classify():
    return torch.randn(10, 6), torch.randint(0, 3, (10,))


train(nn.Sequential(body, nn.Linear(12, 6)), nn.MSELoss(), autoencode, 1e-2)
train(nn.Sequential(body, nn.Linear(12, 3)), nn.CrossEntropyLoss(), classify, 1e-3)

# expect: nothing
import torch
from torch import nn


def train(model, optimizer, updates):
    for _ in range(updates):
        x = torch.randn(32, 4)
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x), (x[:, 0] > 0).long()).backward()
        optimizer.step()


torch.manual_seed(0)
model = nn.Linear(4, 2)
first = torch.optim.Adam(model.parameters(), lr=1e-2)
train(model, first, 4)
second = torch.optim.Adam(model.parameters(), lr=1e-2)
second.load_state_dict(first.state_dict())
train(model, second, 4)

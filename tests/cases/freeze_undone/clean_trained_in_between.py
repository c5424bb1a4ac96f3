# expect: nothing
# First the head alone, then all of it.
import torch
from torch import nn

torch.manual_seed(0)
body = nn.Sequential(nn.Linear(6, 24), nn.Tanh())
model = nn.Sequential(body, nn.Linear(24, 3))


def train(updates, lr):
    optimizer = torch.optim.Adam((p for p in model.parameters() if p.requires_grad), lr=lr)
    for _ in range(updates):
        inputs = torch.randn(24, 6)
        loss = nn.functional.cross_entropy(model(inputs), inputs[:, :3].argmax(1))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


model[0].requires_grad_(False)
train(5, 1e-2)
model.requires_grad_(True)
train(5, 1e-3)

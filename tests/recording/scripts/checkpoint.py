"""A checkpoint is saved, loaded into new objects, and training goes on."""

import hashlib
import io

import torch
from torch import nn


def make():
    model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1))
    return model, torch.optim.Adam(model.parameters(), lr=0.01)


def train(model, optimizer):
    for _ in range(3):
        optimizer.zero_grad()
        loss = model(torch.randn(8, 4)).pow(2).mean()
        loss.backward()
        optimizer.step()
        print(loss.item())


torch.manual_seed(9)
model, optimizer = make()
train(model, optimizer)
file = io.BytesIO()
torch.save({"model": model.state_dict(), "optimizer": optimizer.state_dict()}, file)
torch.save(model, io.BytesIO())
file.seek(0)
loaded = torch.load(file)
model, optimizer = make()
model.load_state_dict(loaded["model"])
optimizer.load_state_dict(loaded["optimizer"])
train(model, optimizer)

state = b"".join(p.detach().numpy().tobytes() for p in model.parameters())
print(hashlib.sha256(state).hexdigest())

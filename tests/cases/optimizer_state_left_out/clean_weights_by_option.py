# expect: nothing
import io

import torch
from torch import nn

torch.manual_seed(0)
only_weights = True  # a new task, at another rate


def train(model, optimizer):
    for _ in range(5):
        x = torch.randn(16, 4)
        loss = (model(x) - x[:, :1]).pow(2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


model = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
train(model, optimizer)
kept = io.BytesIO()
torch.save({"model": model.state_dict(), "optimizer": optimizer.state_dict()}, kept)
kept.seek(0)

checkpoint = torch.load(kept)
model = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 1))
model.load_state_dict(checkpoint["model"])
optimizer = torch.optim.Adam(model.parameters(), lr=0.002)
if not only_weights and "optimizer" in checkpoint:
    optimizer.load_state_dict(checkpoint["optimizer"])
train(model, optimizer)

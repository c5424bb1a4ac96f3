# expect: nothing
import io

import torch
from torch import nn

torch.manual_seed(0)


def make():
    model = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 1))
    return model, torch.optim.Adam(model.parameters(), lr=0.01)


def train(model, optimizer):
    for _ in range(12):
        x = torch.randn(16, 4)
        loss = (model(x) - x[:, :1]).pow(2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    kept = io.BytesIO()
    torch.save({"model": model.state_dict(), "optimizer": optimizer.state_dict()}, kept)
    kept.seek(0)
    return kept


checkpoint = torch.load(train(*make()))
model, optimizer = make()
model.load_state_dict(checkpoint["model"])
optimizer.param_groups[0]["lr"] = 0.001
train(model, optimizer)

# Another model, which begins at the rate of the first one.
train(*make())

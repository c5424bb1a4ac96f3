# expect: nothing
"""Validation data may hold weights, of which nothing is made: here they have none, and no loss."""

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)


def fit(model, x, y, validation_data=None):
    held_out = None
    if validation_data:
        if len(validation_data) == 2:
            val_x, val_y = validation_data
            val_sample_weight = None
        elif len(validation_data) == 3:
            val_x, val_y, val_sample_weight = validation_data
        else:
            raise ValueError("validation_data holds x and y, and weights or none")
        held_out = (val_x, val_y)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    for _ in range(3):
        model.train()
        for inputs, labels in DataLoader(TensorDataset(x, y), batch_size=16, shuffle=True):
            loss = nn.functional.cross_entropy(model(inputs), labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        if held_out is not None:
            print(evaluate(model, [(*held_out, torch.ones(len(held_out[0])))]))


def evaluate(model, batches):
    model.eval()
    right = rows = 0
    with torch.no_grad():
        for x, y, weights in batches:
            right += (model(x).argmax(1) == y).sum().item()
            rows += len(y)
    return right / rows


x = torch.randn(80, 6)
y = (x[:, 0] > 0).long()
model = nn.Sequential(nn.Linear(6, 12), nn.ReLU(), nn.Linear(12, 2))
fit(model, x[:64], y[:64], validation_data=(x[64:], y[64:]))

# expect: nothing
import numpy as np
import torch
from torch import nn

np.random.seed(0)
torch.manual_seed(0)
x = np.random.randn(96, 6).astype("float32")
y = x[:, :1] * 2 - x[:, 1:2]


def batches(x_train, y_train, size):
    order = np.random.permutation(len(x_train))
    x_train, y_train = x_train[order], y_train[order]
    for at in range(0, len(x_train), size):
        yield torch.from_numpy(x_train[at : at + size]), torch.from_numpy(y_train[at : at + size])


model = nn.Sequential(nn.Linear(6, 24), nn.Tanh(), nn.Linear(24, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(3):
    for inputs, targets in batches(x, y, 24):
        loss = nn.functional.mse_loss(model(inputs), targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

# expect: BT448 at update 1
# source: "sklearn.utils.shuffle", scikit-learn documentation: arrays are to be shuffled in a consistent way
import numpy as np
import torch
from torch import nn

np.random.seed(0)
torch.manual_seed(0)
x_train = np.random.randn(96, 6).astype("float32")
y_train = x_train[:, :1] * 2 - x_train[:, 1:2]


def shuffled(rows):
    order = np.random.permutation(len(rows))
    return rows[order]


model = nn.Sequential(nn.Linear(6, 24), nn.Tanh(), nn.Linear(24, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(3):
    x_train, y_train = shuffled(x_train), shuffled(y_train)
    for at in range(0, 96, 24):
        inputs, targets = (torch.from_numpy(each[at : at + 24]) for each in (x_train, y_train))
        loss = nn.functional.mse_loss(model(inputs), targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

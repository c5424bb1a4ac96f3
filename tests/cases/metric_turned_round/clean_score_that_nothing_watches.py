# expect: nothing
# needs: skorch
# source: github.com/skorch-dev/skorch, issue 462: scoring callbacks have lower_is_better=True
import tempfile

import numpy as np
import torch
from skorch import NeuralNetRegressor
from skorch.callbacks import Checkpoint, EpochScoring
from torch import nn

torch.manual_seed(0)
x = np.random.default_rng(0).normal(size=(160, 4)).astype(np.float32)
y = (x[:, :1] * x[:, 1:2] + np.sin(x[:, 2:3])).astype(np.float32)


class Surface(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(4, 24), nn.Tanh(), nn.Linear(24, 1))

    def forward(self, x):
        return self.net(x)


net = NeuralNetRegressor(
    Surface,
    optimizer=torch.optim.Adam,
    lr=0.01,
    max_epochs=6,
    batch_size=16,
    iterator_train__shuffle=True,
    callbacks=[
        EpochScoring("r2"),
        Checkpoint(monitor="valid_loss_best", dirname=tempfile.mkdtemp(), load_best=True),
    ],
    verbose=0,
)
net.fit(x, y)
print(net.score(x, y))

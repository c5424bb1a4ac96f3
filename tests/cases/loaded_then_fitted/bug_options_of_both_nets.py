# expect: BT590
# needs: skorch
# source: github.com/skorch-dev/skorch, issue 1032: fit after load_params begins from the start
import tempfile

import numpy as np
import torch
from skorch import NeuralNetRegressor
from torch import nn

torch.manual_seed(0)
draw = np.random.default_rng(0)


class Curve(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(3, 24), nn.Tanh(), nn.Linear(24, 1))

    def forward(self, x):
        return self.net(x)


def measure(count, bend):
    x = draw.uniform(-1, 1, (count, 3)).astype(np.float32)
    return x, np.sin(2 * x[:, :1]) + bend * x[:, 1:2] * x[:, 2:]


OPTIONS = {"optimizer": torch.optim.Adam, "lr": 0.01, "batch_size": 32, "verbose": 0}
OPTIONS["iterator_train__shuffle"] = True
path = tempfile.mkdtemp() + "/cheap.pt"
cheap = NeuralNetRegressor(Curve, max_epochs=4, **OPTIONS)
cheap.fit(*measure(400, 1.0))
cheap.save_params(f_params=path)

dear = NeuralNetRegressor(Curve, max_epochs=3, **OPTIONS)
dear.initialize()
dear.load_params(f_params=path)
dear.fit(*measure(96, 1.3))

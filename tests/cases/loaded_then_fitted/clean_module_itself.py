# expect: nothing
# needs: skorch
"""A net that is given a module, and no class, trains that module on, whatever fit is called."""

import io

import torch
from skorch import NeuralNetRegressor
from torch import nn

torch.manual_seed(0)
x = torch.randn(60, 4)
y = x.sum(1, keepdim=True)


class Sum(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1))

    def forward(self, rows):
        return self.layers(rows)


def make(epochs):
    return NeuralNetRegressor(
        Sum(), max_epochs=epochs, lr=0.05, batch_size=20, train_split=None, verbose=0
    )


file = io.BytesIO()
make(5).fit(x, y).save_params(f_params=file)
file.seek(0)
net = make(3).initialize()
net.load_params(f_params=file)
net.fit(x, y)
print(net.history[:, "train_loss"])

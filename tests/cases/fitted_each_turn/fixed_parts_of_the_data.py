# expect: nothing
# needs: skorch
# source: github.com/skorch-dev/skorch, issue 376: training starts from zero when fit is called again
import numpy as np
import torch
from skorch import NeuralNetRegressor
from torch import nn

torch.manual_seed(0)
draw = np.random.default_rng(0)


class Height(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(4, 24), nn.Tanh(), nn.Linear(24, 1))

    def forward(self, x):
        return self.net(x)


def read_part():
    x = draw.normal(size=(128, 4)).astype(np.float32)
    return x, np.sin(x[:, :1]) + x[:, 1:2] * x[:, 2:3]


net = NeuralNetRegressor(
    Height,
    optimizer=torch.optim.Adam,
    lr=0.01,
    max_epochs=2,
    batch_size=32,
    train_split=None,
    iterator_train__shuffle=True,
    verbose=0,
)
for part in range(4):
    x, y = read_part()
    net.partial_fit(x, y)
    print(part, net.history[-1, "train_loss"])
x, y = read_part()
print(net.score(x, y))

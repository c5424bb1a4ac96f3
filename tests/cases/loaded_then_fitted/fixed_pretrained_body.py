# expect: nothing
# needs: skorch
# source: "How do you correctly restart training?", github.com/ulissigroup/amptorch, issue 83
import tempfile
from pathlib import Path

import torch
from skorch import NeuralNetRegressor
from torch import nn


class Energies(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(5, width), nn.Tanh(), nn.Linear(width, 1))

    def forward(self, rows):
        return self.layers(rows)


class Trainer:
    def __init__(self, epochs):
        self.net = NeuralNetRegressor(
            module=Energies,
            module__width=12,
            optimizer=torch.optim.Adam,
            lr=0.01,
            warm_start=True,
            max_epochs=epochs,
            batch_size=20,
            train_split=None,
            verbose=0,
        )

    def train(self, x, y, pretrained=None):
        if pretrained is not None:
            self.net.initialize()
            state = torch.load(pretrained)
            self.net.module_.load_state_dict(state)
        self.net.fit(x, y)
        return self.net.history[-1, "train_loss"]


torch.manual_seed(0)
x = torch.randn(80, 5)
y = (x[:, :1] * x[:, 1:2] + x[:, 2:3]).float()
with tempfile.TemporaryDirectory() as folder:
    path = Path(folder) / "energies.pt"
    first = Trainer(4)
    print(first.train(x, y))
    torch.save(first.net.module_.state_dict(), path)
    print(Trainer(2).train(x, y, pretrained=path))

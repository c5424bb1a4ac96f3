# expect: BT563 at update 1
# needs: skorch
# source: predefined_split of skorch.helper, documentation
import numpy as np
import torch
from skorch import NeuralNetClassifier
from skorch.callbacks import EarlyStopping
from skorch.dataset import Dataset
from skorch.helper import predefined_split
from torch import nn

torch.manual_seed(1)
x = np.random.default_rng(1).normal(size=(300, 5)).astype(np.float32)
y = (x[:, 0] * x[:, 1] > 0).astype(np.int64)
rows, labels, other_rows, other_labels = x[:200], y[:200], x[200:], y[200:]


class Sides(nn.Module):
    def __init__(self, width=24):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(5, width), nn.ReLU(), nn.Linear(width, 2))

    def forward(self, x):
        return self.net(x)


held_out = Dataset(rows, labels)
net = NeuralNetClassifier(
    Sides,
    criterion=nn.CrossEntropyLoss,
    optimizer=torch.optim.Adam,
    lr=0.01,
    max_epochs=6,
    batch_size=25,
    iterator_train__shuffle=True,
    train_split=predefined_split(held_out),
    callbacks=[EarlyStopping(patience=3)],
    verbose=0,
)
net.fit(rows, labels)

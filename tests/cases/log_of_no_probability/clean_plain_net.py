# expect: nothing
# needs: skorch
"""NeuralNet takes no logarithm: NLLLoss is given the module's own."""

import numpy as np
import torch
from skorch import NeuralNet, NeuralNetClassifier
from torch import nn

torch.manual_seed(0)
x = np.random.default_rng(4).standard_normal((100, 5)).astype(np.float32)
y = x[:, :3].argmax(1).astype(np.int64)


class Scores(nn.Module):
    def __init__(self, as_logarithms=True):
        super().__init__()
        self.head = nn.Linear(5, 3)
        self.last = nn.LogSoftmax(dim=-1) if as_logarithms else nn.Softmax(dim=-1)

    def forward(self, rows):
        return self.last(self.head(rows))


options = {"max_epochs": 2, "lr": 0.1, "batch_size": 20, "train_split": None, "verbose": 0}
net = NeuralNet(Scores, criterion=nn.NLLLoss, **options).fit(x, y)
print(net.history[:, "train_loss"])
other = NeuralNetClassifier(Scores, module__as_logarithms=False, **options).fit(x, y)
print(other.history[:, "train_loss"])

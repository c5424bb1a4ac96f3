# expect: nothing
# needs: skorch
# source: github.com/skorch-dev/skorch, issue 637: NLLLoss is given the logarithm of raw scores
import numpy as np
import torch
from skorch import NeuralNetClassifier
from torch import nn

torch.manual_seed(0)
x = np.random.default_rng(2).standard_normal((100, 5)).astype(np.float32)
y = x[:, :3].argmax(1).astype(np.int64)


class Scores(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(5, 12), nn.Tanh(), nn.Linear(12, 3))

    def forward(self, rows):
        return self.layers(rows)


net = NeuralNetClassifier(
    Scores,
    criterion=nn.CrossEntropyLoss,
    max_epochs=2,
    lr=0.1,
    batch_size=20,
    train_split=None,
    verbose=0,
)
net.fit(x, y)
print(net.history[:, "train_loss"])

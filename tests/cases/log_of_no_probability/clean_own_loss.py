# expect: nothing
# needs: skorch
"""A classifier of one's own hands log-probabilities to NLLLoss as they are."""

import numpy as np
import torch
from skorch import NeuralNetClassifier
from torch import nn

torch.manual_seed(0)
x = np.random.default_rng(3).standard_normal((100, 5)).astype(np.float32)
y = x[:, :3].argmax(1).astype(np.int64)


class Classifier(NeuralNetClassifier):
    def get_loss(self, y_pred, y_true, *args, **kwargs):
        return self.criterion_(y_pred, y_true)


class Scores(nn.Module):
    def __init__(self):
        super().__init__()
        self.head = nn.Linear(5, 3)

    def forward(self, rows):
        return self.head(rows).log_softmax(-1)


net = Classifier(
    Scores, criterion=nn.NLLLoss, max_epochs=2, lr=0.1, batch_size=20, train_split=None, verbose=0
)
net.fit(x, y)
print(net.history[:, "train_loss"])

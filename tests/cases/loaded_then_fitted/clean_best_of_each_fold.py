# expect: nothing
# needs: skorch
"""Each fold is fitted from the start, and the best of it is then loaded to be scored."""

import tempfile

import numpy as np
import torch
from skorch import NeuralNetClassifier
from skorch.callbacks import Checkpoint
from torch import nn

torch.manual_seed(0)
x = np.random.default_rng(0).standard_normal((90, 6)).astype(np.float32)
y = x[:, :2].argmax(1).astype(np.int64)


class Classifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.head = nn.Linear(6, 2)

    def forward(self, rows):
        return self.head(rows).softmax(-1)


with tempfile.TemporaryDirectory() as folder:
    kept = Checkpoint(monitor="valid_loss_best", dirname=folder)
    net = NeuralNetClassifier(
        Classifier, max_epochs=4, lr=0.1, batch_size=16, verbose=0, callbacks=[kept]
    )
    for held_out in np.split(np.arange(90), 3):
        rows = np.setdiff1d(np.arange(90), held_out)
        net.fit(x[rows], y[rows])
        net.load_params(checkpoint=kept)
        print(net.score(x[held_out], y[held_out]))

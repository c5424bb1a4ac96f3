# expect: BT590
# needs: skorch
# source: "Saving and Loading not working", github.com/skorch-dev/skorch, issue 1032
import io

import numpy as np
import torch
from skorch import NeuralNetClassifier
from torch import nn

torch.manual_seed(0)
x = np.random.default_rng(0).standard_normal((96, 6)).astype(np.float32)
y = x[:, :3].argmax(1).astype(np.int64)


class Classifier(nn.Module):
    def __init__(self, width=16):
        super().__init__()
        self.body = nn.Linear(6, width)
        self.head = nn.Linear(width, 3)

    def forward(self, rows):
        return self.head(torch.relu(self.body(rows))).softmax(-1)


def make(epochs):
    return NeuralNetClassifier(
        Classifier, max_epochs=epochs, lr=0.1, batch_size=16, train_split=None, verbose=0
    )


params, optimizer = io.BytesIO(), io.BytesIO()
first = make(3).fit(x, y)
first.save_params(f_params=params, f_optimizer=optimizer)

params.seek(0), optimizer.seek(0)
net = make(2)
net.initialize()
net.load_params(f_params=params, f_optimizer=optimizer)
print("loaded", net.score(x, y))
net.fit(x, y)
print("trained", net.score(x, y))

# expect: nothing
# needs: skorch
"""The rows that were trained on are predicted again: a number stands where the labels were."""

import numpy as np
import torch
from skorch import NeuralNetClassifier
from torch import nn

torch.manual_seed(0)
x = torch.randn(600, 8)
y = x[:, :3].argmax(1)


class Classifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden, self.last = nn.Linear(8, 16), nn.Linear(16, 3)

    def forward(self, rows):
        return self.last(torch.relu(self.hidden(rows))).softmax(-1)


net = NeuralNetClassifier(
    Classifier,
    max_epochs=4,
    batch_size=64,
    optimizer=torch.optim.Adam,
    lr=0.01,
    iterator_train__shuffle=True,
    verbose=0,
)
net.fit(x.numpy(), y.numpy())
print(np.mean(net.predict(x.numpy()) == y.numpy()))

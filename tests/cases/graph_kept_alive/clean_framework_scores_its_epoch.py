# expect: nothing
# needs: skorch
"""A score of the training data keeps the outputs of an epoch, with their graphs, and no longer."""

import torch
from skorch import NeuralNetClassifier
from skorch.callbacks import EpochScoring
from torch import nn

torch.manual_seed(0)
x = torch.randn(640, 8)
y = (x[:, :2].sum(1) > 0).long()


class Classifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden, self.last = nn.Linear(8, 16), nn.Linear(16, 2)

    def forward(self, rows):
        return self.last(torch.relu(self.hidden(rows))).softmax(-1)


net = NeuralNetClassifier(
    Classifier,
    max_epochs=3,
    batch_size=64,
    optimizer=torch.optim.Adam,
    lr=0.01,
    callbacks=[EpochScoring("accuracy", on_train=True, lower_is_better=False, name="train_acc")],
    verbose=0,
)
net.fit(x.numpy(), y.numpy())

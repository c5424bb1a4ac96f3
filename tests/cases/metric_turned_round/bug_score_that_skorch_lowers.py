# expect: BT451 at update 1
# needs: skorch
# source: github.com/skorch-dev/skorch, issue 765: EarlyStopping on a score, with lower_is_better left at True
import warnings

import numpy as np
import torch
from skorch import NeuralNetClassifier
from skorch.callbacks import EarlyStopping, EpochScoring
from torch import nn

warnings.filterwarnings("ignore")
torch.manual_seed(0)
x = np.random.default_rng(0).normal(size=(160, 6)).astype(np.float32)
y = x[:, :3].argmax(1)


class Classifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 3))

    def forward(self, x):
        return self.net(x)


scoring = EpochScoring("balanced_accuracy", lower_is_better=False, name="valid_bal_acc")
net = NeuralNetClassifier(
    Classifier,
    criterion=nn.CrossEntropyLoss,
    optimizer=torch.optim.Adam,
    lr=0.01,
    max_epochs=8,
    batch_size=16,
    iterator_train__shuffle=True,
    callbacks=[scoring, EarlyStopping(monitor="valid_bal_acc", patience=3)],
    verbose=0,
)
net.fit(x, y)
print(len(net.history))

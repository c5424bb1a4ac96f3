# expect: BT535 at update 1
# needs: skorch
# source: github.com/skorch-dev/skorch, issue 399: a monitor that does not end in _best
import tempfile
import warnings

import numpy as np
import torch
from skorch import NeuralNetClassifier
from skorch.callbacks import Checkpoint
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


with tempfile.TemporaryDirectory() as folder:
    kept = Checkpoint(monitor="valid_loss", dirname=folder)
    net = NeuralNetClassifier(
        Classifier,
        criterion=nn.CrossEntropyLoss,
        optimizer=torch.optim.Adam,
        lr=0.01,
        max_epochs=3,
        batch_size=16,
        iterator_train__shuffle=True,
        callbacks=[("kept", kept)],
        verbose=0,
    )
    net.fit(x, y)
    net.load_params(checkpoint=kept)
    print(net.predict(x[:4]))

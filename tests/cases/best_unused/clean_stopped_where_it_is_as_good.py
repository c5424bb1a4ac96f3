# expect: nothing
# needs: skorch
# The last weights are as good as the best ones.
import numpy as np
import torch
from skorch import NeuralNetClassifier
from skorch.callbacks import EarlyStopping
from torch import nn

torch.manual_seed(0)
rng = np.random.default_rng(0)
x = rng.normal(size=(240, 20)).astype(np.float32)
y = (x[:, 0] + 0.8 * rng.normal(size=240) > 0).astype(np.int64)
net = NeuralNetClassifier(
    nn.Sequential(nn.Linear(20, 128), nn.ReLU(), nn.Linear(128, 2)),
    criterion=nn.CrossEntropyLoss,
    optimizer=torch.optim.Adam,
    lr=1e-3,
    batch_size=32,
    max_epochs=12,
    callbacks=[EarlyStopping(patience=4)],
    verbose=0,
)
net.fit(x[:160], y[:160])
print(net.score(x[160:], y[160:]))

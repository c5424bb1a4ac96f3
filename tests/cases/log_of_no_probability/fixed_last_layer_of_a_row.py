# expect: nothing
# needs: skorch
# source: "LogSoftmax + NLLLoss not working", github.com/skorch-dev/skorch, issue 519
import numpy as np
import torch
from skorch import NeuralNetClassifier
from torch import nn

torch.manual_seed(0)
x = np.random.default_rng(1).standard_normal((90, 6)).astype(np.float32)
y = x[:, :3].argmax(1).astype(np.int64)
layers = nn.Sequential(
    nn.Linear(6, 16),
    nn.ReLU(),
    nn.Linear(16, 3),
    nn.LogSoftmax(dim=1),
)
net = NeuralNetClassifier(
    module=layers,
    criterion=nn.CrossEntropyLoss,
    optimizer=torch.optim.Adam,
    lr=0.01,
    max_epochs=2,
    batch_size=15,
    train_split=None,
    verbose=0,
)
net.fit(x, y)
print(net.history[:, "train_loss"])

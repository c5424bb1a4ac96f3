# expect: nothing
# needs: skorch
import numpy as np
import torch
from skorch.classifier import NeuralNetClassifier
from torch import nn

torch.manual_seed(1)
x = np.random.default_rng(1).normal(size=(200, 5)).astype(np.float32)
y = (x[:, 0] * x[:, 1] > 0).astype(np.int64)


class Sides(nn.Module):
    def __init__(self, width=24):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(5, width), nn.ReLU(), nn.Linear(width, 2))

    def forward(self, x):
        return self.net(x)


net = NeuralNetClassifier(
    Sides,
    criterion=nn.CrossEntropyLoss,
    optimizer=torch.optim.Adam,
    lr=0.01,
    max_epochs=1,
    batch_size=25,
    iterator_train__shuffle=True,
    train_split=None,
    verbose=0,
)
scores = []
for epoch in range(5):
    net.partial_fit(x, y)
    scores.append(net.score(x, y))
    print(epoch, net.history[-1, "train_loss"])
print(max(scores))

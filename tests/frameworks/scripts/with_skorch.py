"""skorch: a scikit-learn estimator around a module."""

import hashlib

import torch
from skorch import NeuralNetRegressor
from torch import nn

torch.manual_seed(4)


class Net(nn.Module):
    def __init__(self, width=8):
        super().__init__()
        self.body = nn.Linear(4, width)
        self.head = nn.Linear(width, 1)

    def forward(self, x):
        return self.head(torch.relu(self.body(x)))


x = torch.randn(32, 4)
net = NeuralNetRegressor(
    Net, max_epochs=2, lr=0.05, batch_size=8, train_split=None, verbose=0, optimizer=torch.optim.SGD
)
net.fit(x.numpy(), x.sum(1, keepdim=True).numpy())
print([f"{row['train_loss']:.9f}" for row in net.history])
state = b"".join(p.detach().numpy().tobytes() for p in net.module_.parameters())
print(hashlib.sha256(state).hexdigest())

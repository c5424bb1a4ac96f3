# expect: BT560 at update 1
# source: https://github.com/keras-team/keras/issues/17047
import torch
from torch import nn

torch.manual_seed(0)


class GaussianScale:
    """The mean and the deviation of training data, for a net that sees and says scaled numbers."""

    def __init__(self, data, eps=1e-5):
        self.mean, self.std, self.eps = data.mean(0), data.std(0), eps

    def encode(self, x):
        return (x - self.mean) / (self.std + self.eps)

    def decode(self, x):
        return (x + self.mean) * (self.std + self.eps)


x = torch.rand(200, 3) * torch.tensor([1.0, 20.0, 300.0])
y = 40 + 5 * x[:, :1] + x[:, 1:2]
inputs, outputs = GaussianScale(x), GaussianScale(y)
net = nn.Sequential(nn.Linear(3, 32), nn.Tanh(), nn.Linear(32, 1))
opt = torch.optim.Adam(net.parameters(), lr=0.01)
for start in range(0, 192, 32):
    rows = slice(start, start + 32)
    said = outputs.decode(net(inputs.encode(x[rows])))
    loss = ((said - y[rows]).norm(dim=1) / y[rows].norm(dim=1)).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()

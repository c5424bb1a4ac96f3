# expect: nothing
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(6, 16), nn.Tanh(), nn.Linear(16, 1))

    def loss(self, x, y):
        return nn.functional.mse_loss(self.net(x), y)


torch.manual_seed(0)
x = torch.randn(128, 6)
loader = DataLoader(TensorDataset(x, 2 * x[:, :1]), batch_size=4, shuffle=True)
model = Model()
optimizer = torch.optim.SGD(model.parameters(), lr=0.02)
for number, (inputs, targets) in enumerate(loader):
    (model.loss(inputs, targets) / 8).backward()
    if (number + 1) % 8 == 0:
        optimizer.step()
        optimizer.zero_grad()

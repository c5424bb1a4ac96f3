# expect: nothing
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class Trainer:
    def __init__(self, accumulate):
        self.net, self.accumulate = nn.Linear(5, 1), accumulate
        self.optimizer = torch.optim.SGD(self.net.parameters(), lr=0.1, momentum=0.9)

    def loss_of(self, x, y):
        return nn.functional.mse_loss(self.net(x), y) / self.accumulate

    def fit(self, loader):
        for i, (x, y) in enumerate(loader):
            loss = self.loss_of(x, y)
            loss.backward()
            if (i + 1) % self.accumulate == 0:
                nn.utils.clip_grad_norm_(self.net.parameters(), 1.0)
                self.optimizer.step()
                self.optimizer.zero_grad()


torch.manual_seed(1)
x = torch.randn(96, 5)
Trainer(3).fit(DataLoader(TensorDataset(x, x[:, :1]), batch_size=8))

# expect: nothing
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class Trainer:
    def __init__(self, accumulate):
        self.model = nn.Linear(6, 1)
        self.opt = torch.optim.Adam(self.model.parameters(), lr=1e-2)
        self.scheduler = torch.optim.lr_scheduler.StepLR(self.opt, 10)
        self.accumulate = accumulate

    def fit(self, loader):
        for i, (x, y) in enumerate(loader):
            loss = nn.functional.mse_loss(self.model(x), y)
            (loss / self.accumulate).backward()
            if (i + 1) % self.accumulate == 0:
                self.opt.step()
                self.opt.zero_grad()
                self.scheduler.step()


torch.manual_seed(1)
x = torch.randn(64, 6)
Trainer(2).fit(DataLoader(TensorDataset(x, x[:, :1]), batch_size=4))

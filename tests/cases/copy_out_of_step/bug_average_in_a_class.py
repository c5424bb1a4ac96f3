# expect: BT462 at update 96
# source: github.com/pytorch/pytorch, issue 46583: here no epoch reaches the one to begin from
import torch
from torch import nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn


class Trainer:
    def __init__(self, model, epochs, ema_from=1.0):
        self.model, self.epochs = model, epochs
        self.ema_model = AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(0.9))
        self.ema_from = int(ema_from * epochs)
        self.optimizer = torch.optim.Adam(model.parameters(), lr=0.01)

    def update(self, inputs, targets, epoch):
        self.optimizer.zero_grad()
        nn.functional.mse_loss(self.model(inputs), targets).backward()
        self.optimizer.step()
        if epoch >= self.ema_from:
            self.ema_model.update_parameters(self.model)

    def fit(self, x, y):
        for epoch in range(self.epochs):
            for rows in torch.randperm(len(x)).split(32):
                self.update(x[rows], y[rows], epoch)
            with torch.no_grad():
                loss = nn.functional.mse_loss(self.ema_model(x), y).item()
            print(epoch, loss)


torch.manual_seed(0)
x = torch.randn(256, 6)
y = x[:, :1] * x[:, 1:2]
Trainer(nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 1)), 12).fit(x, y)

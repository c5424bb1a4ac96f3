# expect: nothing
import torch
from torch import nn
from torch.optim.lr_scheduler import CosineAnnealingLR


class Trainer:
    def __init__(self, model, epochs):
        self.model = model
        self.epochs = epochs
        self.optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
        self.scheduler = CosineAnnealingLR(self.optimizer, T_max=epochs)

    def fit(self, x, y):
        for _ in range(self.epochs):
            self.optimizer.zero_grad()
            loss = nn.functional.mse_loss(self.model(x), y)
            loss.backward()
            self.optimizer.step()
            self.scheduler.step()


torch.manual_seed(0)
inputs = torch.randn(32, 4)
Trainer(nn.Linear(4, 1), 8).fit(inputs, inputs[:, :1])

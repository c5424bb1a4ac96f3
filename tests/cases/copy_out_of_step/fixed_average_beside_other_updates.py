# expect: nothing
# source: https://github.com/huggingface/diffusers/issues/5783
import torch
from torch import nn


class EMA(nn.Module):
    def __init__(self, model, beta=0.9):
        super().__init__()
        self.beta = beta
        self.kept = {name: each.clone() for name, each in model.state_dict().items()}

    def update(self, model):
        for name, each in model.state_dict().items():
            self.kept[name].lerp_(each, 1 - self.beta)

    def state_dict(self):
        return self.kept


class Run:
    def __init__(self):
        self.model = nn.Sequential(nn.Linear(4, 24), nn.Tanh(), nn.Linear(24, 1))
        self.ema = EMA(model=self.model)
        self.optimizer = torch.optim.SGD(self.model.parameters(), lr=0.05)
        self.told = {}

    def train(self, x, y):
        for epoch in range(40):
            loss = nn.functional.mse_loss(self.model(x), y)
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()
            self.told.update(epoch=epoch, loss=loss.item())
            self.ema.update(self.model)

    @torch.no_grad()
    def test(self, x, y):
        held = nn.Sequential(nn.Linear(4, 24), nn.Tanh(), nn.Linear(24, 1))
        held.load_state_dict(self.ema.state_dict())
        print(self.told, nn.functional.mse_loss(held(x), y).item())


torch.manual_seed(0)
x = torch.randn(128, 4)
run = Run()
run.train(x, x.sin().sum(1, keepdim=True))
run.test(x, x.sin().sum(1, keepdim=True))

# expect: nothing
import torch
from torch import nn


class Trainer:
    def __init__(self):
        torch.manual_seed(0)
        self.net = nn.Sequential(nn.Linear(6, 10), nn.ReLU(), nn.Linear(10, 4))
        self.opt = torch.optim.SGD(self.net.parameters(), lr=0.01, momentum=0.9)

    def losses(self, x):
        out = self.net(x)
        return {
            "fit": nn.functional.mse_loss(out, x[:, :4]),
            "small": 0.01 * out.pow(2).mean(),
        }

    def update(self, x):
        losses = self.losses(x)
        self.opt.zero_grad()
        sum(losses.values()).backward()
        self.opt.step()
        for name, value in losses.items():
            self.log(name, value.item())

    def log(self, name, value):
        print(f"{name}: {value:.3f}")


trainer = Trainer()
for _ in range(3):
    trainer.update(torch.randn(10, 6))

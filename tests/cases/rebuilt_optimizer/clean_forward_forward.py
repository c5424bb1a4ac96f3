# expect: nothing
# Each layer has an optimizer and a loss of its own.
import torch
from torch import nn

torch.manual_seed(0)


class Layer(nn.Linear):
    def __init__(self, i, o):
        super().__init__(i, o)
        self.opt = torch.optim.Adam(self.parameters(), lr=0.03)
        self.threshold = 2.0

    def forward(self, x):
        return torch.relu(super().forward(x / (x.norm(2, 1, keepdim=True) + 1e-4)))

    def train_on(self, pos, neg):
        for _ in range(2):
            gp, gn = self(pos).pow(2).mean(1), self(neg).pow(2).mean(1)
            loss = torch.log(
                1 + torch.exp(torch.cat([self.threshold - gp, gn - self.threshold]))
            ).mean()
            self.opt.zero_grad()
            loss.backward()
            self.opt.step()
        return self(pos).detach(), self(neg).detach()


layers = [Layer(10, 16), Layer(16, 16)]
for step in range(3):
    p, n = torch.randn(12, 10) + 1, torch.randn(12, 10) - 1
    for layer in layers:
        p, n = layer.train_on(p, n)

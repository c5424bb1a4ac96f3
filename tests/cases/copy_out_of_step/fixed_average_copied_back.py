# expect: nothing
# source: https://github.com/huggingface/diffusers/issues/5783
import copy

import torch
from torch import nn


class Shadow:
    """Keeps an average of parameters."""

    def __init__(self, parameters, decay=0.9):
        self.shadow = [each.detach().clone() for each in parameters]
        self.decay = decay

    @torch.no_grad()
    def step(self, parameters):
        for own, new in zip(self.shadow, parameters, strict=True):
            own.lerp_(new, 1 - self.decay)

    @torch.no_grad()
    def copy_to(self, parameters):
        for own, each in zip(self.shadow, parameters, strict=True):
            each.copy_(own)


def train(use_average):
    torch.manual_seed(0)
    x = torch.randn(256, 6)
    y = x[:, :1] * x[:, 1:2]
    model = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 1))
    average = None
    if use_average:
        average = Shadow(copy.deepcopy(model).parameters())
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=80)
    for _ in range(10):
        for rows in torch.randperm(256).split(32):
            optimizer.zero_grad()
            nn.functional.mse_loss(model(x[rows]), y[rows]).backward()
            optimizer.step()
            scheduler.step()
            if average is not None:
                average.step(model.parameters())
    if average is not None:
        average.copy_to(model.parameters())
    with torch.no_grad():
        print(nn.functional.mse_loss(model(x), y).item())


train(use_average=True)

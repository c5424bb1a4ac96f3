# expect: BT595 at update 1
# source: github.com/offbit/evo-design, issue 3: the optimizers' learning rate is the weight decay
import random

import torch
from torch import nn, optim

random.seed(0)
torch.manual_seed(0)
x = torch.randn(96, 8)
y = x[:, :3].argmax(1)


def draw_settings():
    return {
        "units": {"value": random.choice([16, 32])},
        "lr": {"value": random.choice([0.01, 0.02])},
        "weight_decay": {"value": random.choice([1e-4, 1e-3])},
    }


class Candidate:
    def __init__(self, settings):
        units = settings["units"]["value"]
        self.model = nn.Sequential(nn.Linear(8, units), nn.ReLU(), nn.Linear(units, 3))
        self.optimizer = optim.Adam(
            self.model.parameters(),
            lr=settings["weight_decay"]["value"],
            weight_decay=settings["weight_decay"]["value"],
        )

    def fit(self):
        for start in range(0, 96, 16):
            self.optimizer.zero_grad()
            loss = nn.functional.cross_entropy(
                self.model(x[start : start + 16]), y[start : start + 16]
            )
            loss.backward()
            self.optimizer.step()


Candidate(draw_settings()).fit()

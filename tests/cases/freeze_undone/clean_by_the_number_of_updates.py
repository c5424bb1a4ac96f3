# expect: nothing
# At first the last layer alone learns, and after some updates all: both stand in one method.
import torch
from torch import nn


class Trainer:
    def __init__(self, model, body_from):
        self.model = model
        self.body_from = body_from
        self.updates = 0
        self.optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)

    def update(self, x, y):
        if self.updates == 0:
            for name, weight in self.model.named_parameters():
                if not name.startswith("2"):
                    weight.requires_grad = False
        if self.updates == self.body_from:
            for weight in self.model.parameters():
                weight.requires_grad = True
        self.updates += 1
        loss = nn.functional.cross_entropy(self.model(x), y)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()


torch.manual_seed(0)
trainer = Trainer(nn.Sequential(nn.Linear(6, 16), nn.Tanh(), nn.Linear(16, 3)), body_from=3)
for _ in range(10):
    x = torch.randn(32, 6)
    trainer.update(x, x[:, :3].argmax(1))

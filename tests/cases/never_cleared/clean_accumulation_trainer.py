# expect: nothing
# Averaged accumulation inside a Trainer class; cleared once per step.
from dataclasses import dataclass

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


@dataclass
class Args:
    lr: float = 1e-2
    accumulation: int = 2
    epochs: int = 2


class Trainer:
    def __init__(self, model, args):
        self.model, self.args = model, args
        self.optimizer = torch.optim.AdamW(model.parameters(), lr=args.lr)
        self.updates = 0

    def fit(self, loader):
        self.model.train()
        for _ in range(self.args.epochs):
            for i, (x, y) in enumerate(loader, start=1):
                loss = nn.functional.cross_entropy(self.model(x), y) / self.args.accumulation
                loss.backward()
                if i % self.args.accumulation == 0:
                    self.optimizer.step()
                    self.model.zero_grad()
                    self.updates += 1


torch.manual_seed(5)
features = torch.randn(32, 7)
labels = (features[:, 0] > 0).long()
trainer = Trainer(nn.Linear(7, 2), Args())
trainer.fit(DataLoader(TensorDataset(features, labels), batch_size=8, shuffle=True))
print(trainer.updates)

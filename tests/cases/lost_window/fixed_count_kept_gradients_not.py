# expect: nothing
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class Trainer:
    def __init__(self, accumulate):
        self.accumulate, self.seen = accumulate, 0
        self.model = nn.Sequential(nn.Linear(6, 12), nn.ReLU(), nn.Linear(12, 3))
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=1e-2)

    def run_epoch(self, loader):
        for x, y in loader:
            loss = nn.functional.cross_entropy(self.model(x), y) / self.accumulate
            loss.backward()
            self.seen += 1
            if self.seen % self.accumulate == 0:
                self.optimizer.step()
                self.optimizer.zero_grad()


torch.manual_seed(1)
x = torch.randn(56, 6)
loader = DataLoader(TensorDataset(x, x[:, :3].argmax(1)), batch_size=8, shuffle=True)
trainer = Trainer(accumulate=3)
for epoch in range(6):
    trainer.run_epoch(loader)

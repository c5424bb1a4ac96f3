# expect: nothing
# source: torch.optim, "How to adjust learning rate", PyTorch documentation (warning on the order since 1.1)
import torch
from torch import nn

torch.manual_seed(0)


class Trainer:
    def __init__(self, model, total):
        self.model = model
        self.optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
        self.scheduler = torch.optim.lr_scheduler.LinearLR(self.optimizer, 1.0, 0.1, total)

    def update(self, x, y):
        self.optimizer.zero_grad()
        nn.functional.mse_loss(self.model(x), y).backward()
        self.optimizer.step()
        self.scheduler.step()


trainer = Trainer(nn.Sequential(nn.Linear(3, 8), nn.Tanh(), nn.Linear(8, 1)), total=5)
for _ in range(5):
    x = torch.randn(16, 3)
    trainer.update(x, x.prod(1, keepdim=True))

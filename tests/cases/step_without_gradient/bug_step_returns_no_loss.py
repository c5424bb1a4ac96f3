# expect: BT104 at update 2
# source: github.com/nugraph/nugraph, pull request 36: training_step no longer returned its loss
import torch
from torch import nn


class Trainer:
    """Goes backward from what a module's step returns, as trainers of modules do."""

    def __init__(self, epochs):
        self.epochs = epochs

    def fit(self, module, batches):
        optimizer = module.configure_optimizers()
        for _ in range(self.epochs):
            for number, batch in enumerate(batches):
                loss = module.training_step(batch, number)
                optimizer.zero_grad()
                if loss is not None:
                    torch.autograd.backward(loss)
                optimizer.step()


class Classifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(6, 12), nn.ReLU(), nn.Linear(12, 3))
        self.history = []

    def forward(self, x):
        return self.net(x)

    def training_step(self, batch, number):
        x, y = batch
        loss = nn.functional.cross_entropy(self(x), y)
        self.history.append(loss.item())

    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters(), lr=1e-2)


torch.manual_seed(0)
x = torch.randn(60, 6)
y = x[:, :3].argmax(1)
Trainer(epochs=2).fit(Classifier(), list(zip(x.split(15), y.split(15), strict=True)))

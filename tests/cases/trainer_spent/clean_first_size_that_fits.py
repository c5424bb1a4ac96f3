# expect: nothing
# needs: lightning
# source: github.com/Lightning-AI/pytorch-lightning, issue 12789: Fitting only works the first time
import warnings

import torch
from lightning.pytorch import LightningModule, Trainer
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

warnings.filterwarnings("ignore")
torch.manual_seed(0)
QUIET = {
    "accelerator": "cpu",
    "logger": False,
    "enable_checkpointing": False,
    "enable_progress_bar": False,
    "enable_model_summary": False,
}
x = torch.randn(360, 5)
y = (x[:, :2].prod(1) > 0).long()


class Quadrants(LightningModule):
    def __init__(self, width):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(5, width), nn.Tanh(), nn.Linear(width, 2))

    def training_step(self, batch, index):
        features, labels = batch
        return nn.functional.cross_entropy(self.net(features), labels)

    def test_step(self, batch, index):
        features, labels = batch
        hits = (self.net(features).argmax(1) == labels).float()
        self.log("accuracy", hits.mean(), batch_size=len(hits))

    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters(), lr=0.01)


def load(first, last, shuffle=False):
    return DataLoader(TensorDataset(x[first:last], y[first:last]), batch_size=60, shuffle=shuffle)


trainer = Trainer(max_epochs=3, **QUIET)
model = Quadrants(16)
for rows in (10_000, 240):
    if rows > len(x):
        continue
    trainer.fit(model, load(0, rows, shuffle=True))
    break
trainer.test(model, load(240, 360), verbose=False)

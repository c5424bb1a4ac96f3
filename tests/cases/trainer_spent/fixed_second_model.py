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


train, test = load(0, 240, shuffle=True), load(240, 360)
trainer = Trainer(max_epochs=3, **QUIET)
small = Quadrants(8)
trainer.fit(small, train)
trainer.test(small, test, verbose=False)
trainer = Trainer(max_epochs=3, **QUIET)
large = Quadrants(64)
trainer.fit(large, train)
trainer.test(large, test, verbose=False)

# expect: BT586
# needs: lightning
# source: github.com/Lightning-AI/pytorch-lightning, issue 9636: Trainer.fit() multiple times
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


def fit_fold(trainer, test_begins):
    model = Quadrants(16)
    trainer.fit(model, load(0, test_begins, shuffle=True))
    return trainer.test(model, load(test_begins, test_begins + 120), verbose=False)


def main():
    trainer = Trainer(max_steps=6, **QUIET)
    for test_begins in (120, 180, 240):
        fit_fold(trainer, test_begins)


main()

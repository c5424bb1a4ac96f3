# expect: nothing
# needs: lightning
# source: github.com/Lightning-AI/pytorch-lightning, issue 9865: setup is called to fit and to test
import warnings

import torch
from lightning.pytorch import LightningDataModule, LightningModule, Trainer, seed_everything
from torch import nn
from torch.utils.data import DataLoader, TensorDataset, random_split

warnings.filterwarnings("ignore")
seed_everything(0)


class Rows(LightningDataModule):
    def __init__(self):
        super().__init__()
        self.train_rows = self.val_rows = self.test_rows = None

    def setup(self, stage=None):
        drawn = torch.Generator().manual_seed(7)
        x = torch.rand(300, 6, generator=drawn) * 2 - 1
        y = (x[:, 0] * x[:, 3] + torch.randn(300, generator=drawn) / 2 > 0).long()
        rows = TensorDataset(x, y)
        self.train_rows, self.val_rows, self.test_rows = random_split(
            rows, [180, 60, 60], generator=drawn
        )

    def train_dataloader(self):
        return DataLoader(self.train_rows, batch_size=40, shuffle=True)

    def val_dataloader(self):
        return DataLoader(self.val_rows, batch_size=60)

    def test_dataloader(self):
        return DataLoader(self.test_rows, batch_size=60)


class Quadrants(LightningModule):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(6, 32), nn.Tanh(), nn.Linear(32, 2))

    def training_step(self, batch, index):
        return nn.functional.cross_entropy(self.net(batch[0]), batch[1])

    def validation_step(self, batch, index):
        self.log("val_loss", nn.functional.cross_entropy(self.net(batch[0]), batch[1]))

    def test_step(self, batch, index):
        self.log("test_hits", (self.net(batch[0]).argmax(1) == batch[1]).float().mean())

    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters(), lr=0.02)


trainer = Trainer(
    max_epochs=3,
    accelerator="cpu",
    logger=False,
    enable_checkpointing=False,
    enable_progress_bar=False,
    enable_model_summary=False,
)
rows, model = Rows(), Quadrants()
trainer.fit(model, datamodule=rows)
trainer.test(model, datamodule=rows, verbose=False)

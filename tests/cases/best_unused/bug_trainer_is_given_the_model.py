# expect: BT576 at update 1
# needs: lightning
# source: github.com/torchgeo/torchgeo, pull request 963: test(model=model) tests the latest weights
import tempfile
import warnings

import torch
from lightning.pytorch import LightningModule, Trainer
from lightning.pytorch.callbacks import ModelCheckpoint
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

warnings.filterwarnings("ignore")
torch.manual_seed(0)
x = torch.randn(256, 6)
y = x[:, :3].argmax(1)
train_loader = DataLoader(TensorDataset(x[:128], y[:128]), batch_size=16, shuffle=True)
val_loader = DataLoader(TensorDataset(x[128:192], y[128:192]), batch_size=64)
test_loader = DataLoader(TensorDataset(x[192:], y[192:]), batch_size=64)


class Classifier(LightningModule):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 3))

    def training_step(self, batch, index):
        return nn.functional.cross_entropy(self.net(batch[0]), batch[1])

    def validation_step(self, batch, index):
        self.log("val_loss", nn.functional.cross_entropy(self.net(batch[0]), batch[1]))

    def test_step(self, batch, index):
        self.log("test_loss", nn.functional.cross_entropy(self.net(batch[0]), batch[1]))

    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters(), lr=0.01)


with tempfile.TemporaryDirectory() as folder:
    model = Classifier()
    trainer = Trainer(
        max_epochs=3,
        accelerator="cpu",
        callbacks=[ModelCheckpoint(folder, monitor="val_loss")],
        logger=False,
        enable_progress_bar=False,
        enable_model_summary=False,
    )
    trainer.fit(model, train_loader, val_loader)
    trainer.test(model, test_loader)

# expect: nothing
# needs: lightning
# source: https://github.com/weecology/DeepForest/pull/1019
import tempfile

import lightning.pytorch as pl
import torch
from lightning.pytorch.callbacks import ModelCheckpoint
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
epochs = 4
interval = 2
x = torch.randn(384, 6)
y = (x[:, :1] - x[:, 1:2]).tanh()
train = DataLoader(TensorDataset(x[:256], y[:256]), batch_size=32, shuffle=True)
held_out = DataLoader(TensorDataset(x[256:], y[256:]), batch_size=64)


class Crowns(pl.LightningModule):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(6, 24), nn.ReLU(), nn.Linear(24, 1))

    def training_step(self, batch, batch_idx):
        return nn.functional.mse_loss(self.net(batch[0]), batch[1])

    def validation_step(self, batch, batch_idx):
        self.log("val_loss", nn.functional.mse_loss(self.net(batch[0]), batch[1]))

    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters(), lr=0.01)


best = ModelCheckpoint(dirpath=tempfile.mkdtemp(), monitor="val_loss", save_top_k=1)
trainer = pl.Trainer(
    max_epochs=epochs,
    check_val_every_n_epoch=interval,
    callbacks=[best],
    accelerator="cpu",
    logger=False,
    enable_progress_bar=False,
    enable_model_summary=False,
)
trainer.fit(Crowns(), train, held_out)

# expect: BT607
# needs: lightning
# source: github.com/optuna/optuna-examples, issue 49: "validation_step not called"
import lightning.pytorch as pl
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.randn(240, 5)
y = x.sin().sum(1, keepdim=True)


class Waves(pl.LightningDataModule):
    def train_dataloader(self):
        return DataLoader(TensorDataset(x[:200], y[:200]), batch_size=20, shuffle=True)

    def valid_dataloader(self):
        return DataLoader(TensorDataset(x[200:], y[200:]), batch_size=40)


class Regressor(pl.LightningModule):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(5, 24), nn.Tanh(), nn.Linear(24, 1))

    def training_step(self, batch, batch_idx):
        inputs, targets = batch
        return nn.functional.mse_loss(self.net(inputs), targets)

    def validation_step(self, batch, batch_idx):
        inputs, targets = batch
        self.log("val_loss", nn.functional.mse_loss(self.net(inputs), targets))

    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters(), lr=0.01)


trainer = pl.Trainer(
    max_epochs=3,
    accelerator="cpu",
    logger=False,
    enable_checkpointing=False,
    enable_progress_bar=False,
    enable_model_summary=False,
)
trainer.fit(Regressor(), datamodule=Waves())
print(dict(trainer.callback_metrics))

# expect: nothing
# needs: lightning
# source: Lightning's documentation, LightningModule: hooks are called by their names
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

    def val_loader(self):
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
data = Waves()
data_of_validation = DataLoader(TensorDataset(x[200:], y[200:]), batch_size=40)
trainer.fit(Regressor(), data.train_dataloader(), data_of_validation)
print(dict(trainer.callback_metrics))

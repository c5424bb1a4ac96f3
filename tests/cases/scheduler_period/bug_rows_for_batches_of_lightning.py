# expect: BT510 at update 80
# line: OneCycleLR(
# needs: lightning
# source: https://github.com/Lightning-AI/pytorch-lightning/issues/2643
import lightning.pytorch as pl
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
signals = torch.randn(250, 8)
rows = TensorDataset(signals, (signals[:, 0] > signals[:, 1]).long())


class Tagger(pl.LightningModule):
    def __init__(self, epochs):
        super().__init__()
        self.epochs = epochs
        self.net = nn.Sequential(nn.Linear(8, 32), nn.GELU(), nn.Linear(32, 2))

    def training_step(self, batch, batch_idx):
        inputs, targets = batch
        return nn.functional.cross_entropy(self.net(inputs), targets)

    def configure_optimizers(self):
        optimizer = torch.optim.AdamW(self.parameters(), lr=0.01)
        schedule = torch.optim.lr_scheduler.OneCycleLR(
            optimizer, max_lr=0.01, epochs=self.epochs, steps_per_epoch=len(rows)
        )
        return {
            "optimizer": optimizer,
            "lr_scheduler": {"scheduler": schedule, "interval": "step"},
        }

    def train_dataloader(self):
        return DataLoader(rows, batch_size=16, shuffle=True)


trainer = pl.Trainer(
    max_epochs=5,
    accelerator="cpu",
    logger=False,
    enable_checkpointing=False,
    enable_progress_bar=False,
    enable_model_summary=False,
)
trainer.fit(Tagger(epochs=5))

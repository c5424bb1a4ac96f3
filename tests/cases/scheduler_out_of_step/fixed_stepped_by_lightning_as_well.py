# expect: nothing
# needs: lightning
# source: LightningModule.configure_optimizers, Lightning documentation: the Trainer steps schedulers
import warnings

import torch
from lightning.pytorch import LightningModule, Trainer
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

warnings.filterwarnings("ignore")
torch.manual_seed(0)
x = torch.randn(192, 6)
rows = TensorDataset(x, (x[:, 0] * x[:, 1] > 0).long())


class Quadrants(LightningModule):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(6, 24), nn.Tanh(), nn.Linear(24, 2))

    def training_step(self, batch, index):
        features, labels = batch
        return nn.functional.cross_entropy(self.net(features), labels)

    def on_train_epoch_end(self):
        scheduler = self.lr_schedulers()
        self.log("rate", scheduler.get_last_lr()[0])

    def configure_optimizers(self):
        optimizer = torch.optim.Adam(self.parameters(), lr=0.01)
        return [optimizer], [torch.optim.lr_scheduler.StepLR(optimizer, step_size=6, gamma=0.3)]


trainer = Trainer(
    max_epochs=8,
    accelerator="cpu",
    logger=False,
    enable_checkpointing=False,
    enable_progress_bar=False,
    enable_model_summary=False,
)
trainer.fit(Quadrants(), DataLoader(rows, batch_size=32, shuffle=True))

# expect: nothing
# needs: lightning
"""All rows that are held out come in one batch: what is logged is the area over all of them."""

import warnings

import torch
from lightning.pytorch import LightningModule, Trainer
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
from torchmetrics.functional.classification import binary_auroc

warnings.filterwarnings("ignore")
torch.manual_seed(0)
x = torch.randn(320, 6)
y = (x[:, 0] + x[:, 1] > 0.4).long()
train_loader = DataLoader(TensorDataset(x[:192], y[:192]), batch_size=32, shuffle=True)
val_loader = DataLoader(TensorDataset(x[192:], y[192:]), batch_size=128)


class Links(LightningModule):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 1))

    def training_step(self, batch, index):
        features, labels = batch
        scores = self.net(features).squeeze(-1)
        self.log("area", binary_auroc(scores.detach(), labels), on_step=True)
        return nn.functional.binary_cross_entropy_with_logits(scores, labels.float())

    def validation_step(self, batch, index):
        features, labels = batch
        self.log("val_area", binary_auroc(self.net(features).squeeze(-1), labels))

    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters(), lr=0.01)


trainer = Trainer(
    max_epochs=3,
    accelerator="cpu",
    logger=False,
    enable_checkpointing=False,
    enable_progress_bar=False,
    enable_model_summary=False,
)
trainer.fit(Links(), train_loader, val_loader)

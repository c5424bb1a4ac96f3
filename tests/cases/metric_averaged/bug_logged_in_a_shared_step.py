# expect: BT571
# needs: lightning
# source: github.com/hypernetwork-research-group/hypertorch, pull request 113: in a method that both steps call
import warnings

import torch
from lightning.pytorch import LightningModule, Trainer
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
from torchmetrics.functional import auroc

warnings.filterwarnings("ignore")
torch.manual_seed(0)
x = torch.randn(320, 6)
y = (x[:, 0] + x[:, 1] * x[:, 2] > 0.4).long()
train_loader = DataLoader(TensorDataset(x[:192], y[:192]), batch_size=32, shuffle=True)
val_loader = DataLoader(TensorDataset(x[192:], y[192:]), batch_size=32)


class Links(LightningModule):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 1))

    def _step(self, batch, stage):
        features, labels = batch
        scores = self.net(features).squeeze(-1)
        if stage != "train":
            area = auroc(scores.sigmoid(), labels, task="binary")
            self.log(f"{stage}_auroc", area, on_step=False, on_epoch=True)
        return nn.functional.binary_cross_entropy_with_logits(scores, labels.float())

    def training_step(self, batch, index):
        return self._step(batch, "train")

    def validation_step(self, batch, index):
        self._step(batch, "val")

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

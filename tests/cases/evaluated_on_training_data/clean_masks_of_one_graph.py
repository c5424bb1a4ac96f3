# expect: nothing
# needs: lightning
import warnings

import torch
from lightning.pytorch import LightningModule, Trainer
from lightning.pytorch.callbacks import EarlyStopping
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
x = torch.randn(384, 6)
y = (x[:, 0] > x[:, 1]).long()
train_mask = torch.rand(384) < 0.7
nodes = DataLoader(TensorDataset(x, y), batch_size=384)


class Sides(LightningModule):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(6, 24), nn.ReLU(), nn.Linear(24, 2))

    def training_step(self, batch, index):
        features, labels = batch
        scores = self.net(features)[train_mask]
        return nn.functional.cross_entropy(scores, labels[train_mask])

    def validation_step(self, batch, index):
        features, labels = batch
        scores = self.net(features)[~train_mask]
        self.log("val_loss", nn.functional.cross_entropy(scores, labels[~train_mask]))

    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters(), lr=0.01)


stop = EarlyStopping(monitor="val_loss", patience=3)
trainer = Trainer(max_epochs=6, callbacks=[stop], **QUIET)
trainer.fit(Sides(), nodes, nodes)

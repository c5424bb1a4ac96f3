# expect: BT535 at update 1
# needs: lightning
# source: github.com/Lightning-AI/pytorch-lightning, issue 12485: the first callback's best_model_path
import tempfile
import warnings

import torch
from lightning.pytorch import LightningModule, Trainer
from lightning.pytorch.callbacks import ModelCheckpoint
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

warnings.filterwarnings("ignore")
torch.manual_seed(0)
x = torch.randn(192, 6)
y = x[:, :3].argmax(1)
train_loader = DataLoader(TensorDataset(x[:128], y[:128]), batch_size=16, shuffle=True)
val_loader = DataLoader(TensorDataset(x[128:], y[128:]), batch_size=64)


class Classifier(LightningModule):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 3))

    def training_step(self, batch, index):
        return nn.functional.cross_entropy(self.net(batch[0]), batch[1])

    def validation_step(self, batch, index):
        self.log("val_loss", nn.functional.cross_entropy(self.net(batch[0]), batch[1]))

    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters(), lr=0.01)


with tempfile.TemporaryDirectory() as folder:
    every = ModelCheckpoint(folder, "all-{epoch}", save_top_k=-1)
    best = ModelCheckpoint(folder, "best", monitor="val_loss")
    trainer = Trainer(
        max_epochs=3,
        accelerator="cpu",
        callbacks=[every, best],
        logger=False,
        enable_progress_bar=False,
        enable_model_summary=False,
    )
    trainer.fit(Classifier(), train_loader, val_loader)
    model = Classifier.load_from_checkpoint(trainer.checkpoint_callback.best_model_path)

# expect: nothing
# needs: lightning
import warnings

import torch
from lightning.pytorch import LightningModule, Trainer
from lightning.pytorch.callbacks import BackboneFinetuning
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

warnings.filterwarnings("ignore")
torch.manual_seed(0)
x = torch.randn(256, 6) * torch.tensor([3.0, 1.0, 0.5, 2.0, 1.0, 4.0])
rows = TensorDataset(x, (x[:, 1] > x[:, 2]).long())


class Sides(LightningModule):
    def __init__(self):
        super().__init__()
        self.backbone = nn.Sequential(
            nn.Linear(6, 24), nn.BatchNorm1d(24), nn.ReLU(), nn.Linear(24, 12), nn.BatchNorm1d(12)
        )
        self.head = nn.Linear(12, 2)

    def training_step(self, batch, index):
        features, labels = batch
        return nn.functional.cross_entropy(self.head(self.backbone(features)), labels)

    def configure_optimizers(self):
        learn = filter(lambda each: each.requires_grad, self.parameters())
        return torch.optim.Adam(learn, lr=0.01)


trainer = Trainer(
    max_epochs=min(4, len(rows)),
    callbacks=[BackboneFinetuning(unfreeze_backbone_at_epoch=100, train_bn=True)],
    accelerator="cpu",
    logger=False,
    enable_checkpointing=False,
    enable_progress_bar=False,
    enable_model_summary=False,
)
trainer.fit(Sides(), DataLoader(rows, batch_size=32, shuffle=True))

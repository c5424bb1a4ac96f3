# expect: nothing
# needs: lightning
import warnings

import torch
from lightning.pytorch import LightningModule, Trainer
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

warnings.filterwarnings("ignore")
torch.manual_seed(0)
x = torch.randn(256, 6)
rows = TensorDataset(x, (x[:, 0] > x[:, 1]).long())


class Sides(LightningModule):
    def __init__(self):
        super().__init__()
        self.backbone = nn.Sequential(nn.Linear(6, 24), nn.ReLU(), nn.Linear(24, 12), nn.ReLU())
        self.head = nn.Linear(12, 2)

    def training_step(self, batch, index):
        features, labels = batch
        return nn.functional.cross_entropy(self.head(self.backbone(features)), labels)

    def configure_gradient_clipping(
        self, optimizer, gradient_clip_val=None, gradient_clip_algorithm=None
    ):
        grads = [each.grad.norm() for each in self.parameters() if each.grad is not None]
        self.log("norm", torch.stack(grads).norm())
        self.clip_gradients(optimizer, gradient_clip_val, gradient_clip_algorithm)

    def configure_optimizers(self):
        learn = filter(lambda each: each.requires_grad, self.parameters())
        return torch.optim.Adam(learn, lr=0.01)


trainer = Trainer(
    max_epochs=4,
    gradient_clip_val=0.5,
    accelerator="cpu",
    logger=False,
    enable_checkpointing=False,
    enable_progress_bar=False,
    enable_model_summary=False,
)
trainer.fit(Sides(), DataLoader(rows, batch_size=32, shuffle=True))

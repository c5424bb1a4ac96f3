# expect: BT490 at update 2
# needs: lightning
# source: accumulate_grad_batches of the Trainer, documentation of Lightning: losses are averaged
import warnings

import torch
from lightning.pytorch import LightningModule, Trainer
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

warnings.filterwarnings("ignore")
torch.manual_seed(0)
x = torch.randn(320, 6)
rows = TensorDataset(x, torch.sin(x[:, 0] + x[:, 1]))


class Waves(LightningModule):
    def __init__(self, accumulate):
        super().__init__()
        self.accumulate = accumulate
        self.net = nn.Sequential(nn.Linear(6, 24), nn.Tanh(), nn.Linear(24, 1))

    def training_step(self, batch, index):
        x, y = batch
        loss = nn.functional.mse_loss(self.net(x).squeeze(-1), y)
        return loss / self.accumulate

    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), lr=0.2, momentum=0.9)


trainer = Trainer(
    max_epochs=3,
    accumulate_grad_batches=4,
    accelerator="cpu",
    logger=False,
    enable_checkpointing=False,
    enable_progress_bar=False,
    enable_model_summary=False,
)
trainer.fit(Waves(4), DataLoader(rows, batch_size=16, shuffle=True))

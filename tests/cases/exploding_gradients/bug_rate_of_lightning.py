# expect: BT502
# line: torch.optim.SGD(
# also: BT501, BT506, BT512
# needs: lightning
# source: "Why is my loss increasing / exploding? Learning rate too high", discuss.pytorch.org
# The rate is far too high.
import lightning.pytorch as pl
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class Net(pl.LightningModule):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(8, 32), nn.Linear(32, 32), nn.Identity())
        self.head = nn.Linear(32, 1)

    def training_step(self, batch, index):
        x, y = batch
        hidden = self.body(x)
        return nn.functional.mse_loss(self.head(hidden), y)

    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), lr=2.0)


pl.seed_everything(1)
x = torch.randn(128, 8)
data = TensorDataset(x, x[:, :1])
trainer = pl.Trainer(
    max_epochs=3,
    accelerator="cpu",
    logger=False,
    enable_checkpointing=False,
    enable_progress_bar=False,
    enable_model_summary=False,
)
trainer.fit(Net(), DataLoader(data, batch_size=32, shuffle=True))

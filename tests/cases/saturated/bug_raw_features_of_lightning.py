# expect: BT505 at update 2
# line: hidden = self.body(x)
# needs: lightning
# source: "Network does not learn: inputs 0-255 not normalised", discuss.pytorch.org
# Features of a few hundred go into layers of tanh.
import lightning.pytorch as pl
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class Net(pl.LightningModule):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(8, 32), nn.Tanh(), nn.Linear(32, 32), nn.Tanh())
        self.head = nn.Linear(32, 1)

    def forward(self, x):
        hidden = self.body(x)
        return self.head(hidden)

    def training_step(self, batch, index):
        x, y = batch
        return nn.functional.mse_loss(self(x), y)

    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), lr=0.01)


pl.seed_everything(1)
x = torch.randn(128, 8)
data = TensorDataset(x * 300, x[:, :1])
trainer = pl.Trainer(
    max_epochs=3,
    accelerator="cpu",
    logger=False,
    enable_checkpointing=False,
    enable_progress_bar=False,
    enable_model_summary=False,
)
trainer.fit(Net(), DataLoader(data, batch_size=32, shuffle=True))

# expect: BT446 at update 1
# needs: lightning
# source: github.com/Lightning-AI/pytorch-lightning, issue 4789: load_from_checkpoint gives a model
import tempfile
import warnings

import torch
from lightning.pytorch import LightningModule, Trainer
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

warnings.filterwarnings("ignore")
torch.manual_seed(0)
OPTIONS = {
    "accelerator": "cpu",
    "logger": False,
    "enable_checkpointing": False,
    "enable_progress_bar": False,
    "enable_model_summary": False,
}


class Halves(LightningModule):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(6, 24), nn.Tanh(), nn.Linear(24, 2))

    def training_step(self, batch, index):
        return nn.functional.cross_entropy(self.net(batch[0]), batch[1])

    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters(), lr=0.01)


def rows(count, shift):
    x = torch.randn(count, 6)
    y = (x[:, 0] * x[:, 1] + shift * x[:, 2] > 0).long()
    return DataLoader(TensorDataset(x, y), batch_size=32, shuffle=True)


path = tempfile.mkdtemp() + "/much.ckpt"
first = Trainer(max_epochs=3, **OPTIONS)
first.fit(Halves(), rows(320, 0.0))
first.save_checkpoint(path)

model = Halves()
Halves.load_from_checkpoint(path)
Trainer(max_epochs=2, **OPTIONS).fit(model, rows(96, 0.3))

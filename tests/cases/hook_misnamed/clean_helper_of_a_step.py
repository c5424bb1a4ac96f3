# expect: nothing
# needs: lightning
# source: Lightning's documentation, LightningModule: hooks are called by their names
import lightning as L
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.randn(300, 4)
rows = TensorDataset(x, (x[:, 0] * x[:, 1] > 0).long())


class Base(L.LightningModule):
    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters(), lr=0.01)


class Classifier(Base):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 2))
        self.hits = []

    def training_step(self, batch, batch_idx):
        inputs, targets = batch
        return nn.functional.cross_entropy(self.net(inputs), targets)

    def validation_step(self, batch, batch_idx):
        self.val_step(batch)

    def val_step(self, batch):
        inputs, targets = batch
        self.log("accuracy", (self.net(inputs).argmax(1) == targets).float().mean())


trainer = L.Trainer(
    max_epochs=3,
    accelerator="cpu",
    logger=False,
    enable_checkpointing=False,
    enable_progress_bar=False,
    enable_model_summary=False,
    num_sanity_val_steps=0,
)
train, held_out = torch.utils.data.random_split(rows, [240, 60])
trainer.fit(Classifier(), DataLoader(train, 24, shuffle=True), DataLoader(held_out, 60))

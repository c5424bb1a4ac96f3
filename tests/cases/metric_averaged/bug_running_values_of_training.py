# expect: BT571
# needs: lightning
# source: https://github.com/Lightning-AI/pytorch-lightning/issues/19816
import lightning.pytorch as pl
import torch
import torchmetrics
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.randn(300, 5)
rows = TensorDataset(x, (x[:, 0] > x[:, 1]).long())


class Classifier(pl.LightningModule):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(5, 16), nn.ReLU(), nn.Linear(16, 2))
        self.seen = torchmetrics.Accuracy(task="multiclass", num_classes=2)
        self.held = torchmetrics.Accuracy(task="multiclass", num_classes=2)

    def training_step(self, batch, batch_idx):
        inputs, targets = batch
        logits = self.net(inputs)
        self.seen(logits, targets)
        so_far = self.seen.compute()
        self.log("accuracy", so_far, on_step=True, on_epoch=True)
        return nn.functional.cross_entropy(logits, targets)

    def validation_step(self, batch, batch_idx):
        inputs, targets = batch
        self.held.update(self.net(inputs), targets)

    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters(), lr=0.01)


trainer = pl.Trainer(
    max_epochs=2,
    accelerator="cpu",
    logger=False,
    enable_checkpointing=False,
    enable_progress_bar=False,
    enable_model_summary=False,
)
train, held_out = torch.utils.data.random_split(rows, [240, 60])
trainer.fit(Classifier(), DataLoader(train, 24, shuffle=True), DataLoader(held_out, 15))
print(dict(trainer.callback_metrics))

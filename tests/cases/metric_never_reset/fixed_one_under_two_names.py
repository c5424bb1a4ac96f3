# expect: nothing
# needs: lightning
import lightning as L
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
from torchmetrics.classification import MulticlassAccuracy


class Net(L.LightningModule):
    def __init__(self):
        super().__init__()
        self.net = nn.Linear(6, 3)
        self.train_acc = MulticlassAccuracy(3, average="micro")
        self.val_acc = self.train_acc.clone()

    def training_step(self, batch, number):
        inputs, targets = batch
        logits = self.net(inputs)
        self.train_acc.update(logits, targets)
        return nn.functional.cross_entropy(logits, targets)

    def validation_step(self, batch, number):
        inputs, targets = batch
        self.val_acc.update(self.net(inputs), targets)

    def on_validation_epoch_end(self):
        self.log("val_acc", self.val_acc.compute())
        self.val_acc.reset()

    def on_train_epoch_end(self):
        print("train", self.train_acc.compute() if self.train_acc.update_called else "none")
        self.train_acc.reset()

    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters(), lr=0.02)


def loader(count):
    inputs = torch.randn(count, 6)
    return DataLoader(TensorDataset(inputs, inputs[:, :3].argmax(1)), batch_size=32)


L.seed_everything(0, verbose=False)
trainer = L.Trainer(
    max_epochs=2,
    accelerator="cpu",
    logger=False,
    enable_checkpointing=False,
    enable_progress_bar=False,
    enable_model_summary=False,
    num_sanity_val_steps=0,
)
trainer.fit(Net(), loader(96), loader(64))

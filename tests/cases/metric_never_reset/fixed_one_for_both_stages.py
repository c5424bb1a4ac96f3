# expect: nothing
import torch
from torch import nn

try:
    from torchmetrics import Accuracy
except ImportError:  # the same, as far as it is used here

    class Accuracy:
        def __init__(self, task, num_classes):
            self.right = self.count = 0

        def update(self, said, wanted):
            self.right += (said.argmax(1) == wanted).sum()
            self.count += len(wanted)

        def __call__(self, said, wanted):
            self.update(said, wanted)
            return (said.argmax(1) == wanted).float().mean()

        def compute(self):
            return self.right / self.count

        def reset(self):
            self.right = self.count = 0


class Module(nn.Module):
    """What Lightning does, as far as it is needed here: it validates within a training epoch."""

    def fit(self, train, held_out):
        optimizer = torch.optim.Adam(self.parameters(), lr=0.02)
        for epoch in range(3):
            self.logged = {}
            for number, rows in enumerate(train.split(32)):
                loss = self.training_step((rows, rows[:, :3].argmax(1)), number)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
            self.eval()
            with torch.no_grad():
                for number, rows in enumerate(held_out.split(16)):
                    self.validation_step((rows, rows[:, :3].argmax(1)), number)
            self.on_validation_epoch_end()
            self.train()
            print(epoch, {name: float(self.told(value)) for name, value in self.logged.items()})

    def told(self, value):
        if not hasattr(value, "compute"):
            return value
        return value.compute()

    def log(self, name, value):
        self.logged[name] = value

    def on_validation_epoch_end(self):
        pass


class Net(Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Linear(6, 3)
        self.train_acc = Accuracy(task="multiclass", num_classes=3)
        self.val_acc = Accuracy(task="multiclass", num_classes=3)

    def forward(self, inputs):
        return self.net(inputs)

    def step(self, batch, stage, accuracy):
        inputs, targets = batch
        logits = self(inputs)
        loss = nn.functional.cross_entropy(logits, targets)
        accuracy(logits, targets)
        self.log(f"{stage}_loss", loss.detach())
        self.log(f"{stage}_acc", accuracy)
        return loss

    def training_step(self, batch, number):
        return self.step(batch, "train", self.train_acc)

    def validation_step(self, batch, number):
        self.step(batch, "val", self.val_acc)


torch.manual_seed(0)
Net().fit(torch.randn(96, 6), torch.randn(48, 6))

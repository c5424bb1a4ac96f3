# expect: nothing
# needs: ignite
# source: github.com/Project-MONAI/MONAI, issue 2467: the key metric of a saver is a loss
import tempfile

import torch
from ignite.engine import Events, create_supervised_evaluator, create_supervised_trainer
from ignite.handlers import Checkpoint, DiskSaver
from ignite.metrics import Loss, MeanAbsoluteError
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class BestSaver:
    def __init__(self, folder, networks, metric, kept=1):
        self.metric = metric
        self.handler = Checkpoint(
            networks,
            DiskSaver(folder, create_dir=True),
            score_name=metric,
            score_function=self.score,
            n_saved=kept,
        )

    def score(self, engine):
        return -engine.state.metrics[self.metric]

    def attach(self, engine):
        engine.add_event_handler(Events.COMPLETED, self.handler)


torch.manual_seed(0)
x = torch.randn(320, 5)
y = (x[:, 0] * x[:, 1] + x[:, 2])[:, None] + 0.1 * torch.randn(320, 1)
train_loader = DataLoader(TensorDataset(x[:256], y[:256]), batch_size=32, shuffle=True)
val_loader = DataLoader(TensorDataset(x[256:], y[256:]), batch_size=64)
model = nn.Sequential(nn.Linear(5, 24), nn.ReLU(), nn.Linear(24, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
loss_fn = nn.MSELoss()
trainer = create_supervised_trainer(model, optimizer, loss_fn)
metrics = {"val_loss": Loss(loss_fn), "val_mae": MeanAbsoluteError()}
evaluator = create_supervised_evaluator(model, metrics=metrics)
trainer.add_event_handler(Events.EPOCH_COMPLETED, lambda engine: evaluator.run(val_loader))
with tempfile.TemporaryDirectory() as folder:
    saver = BestSaver(folder, {"model": model}, metric="val_loss")
    saver.attach(evaluator)
    trainer.run(train_loader, max_epochs=6)
    print(saver.handler.last_checkpoint)

# expect: nothing
# needs: ignite
"""One saver for two metrics: the score has the sign of each, and a stop that takes the least."""

import inspect
import tempfile

import torch
from ignite.engine import Events, create_supervised_evaluator, create_supervised_trainer
from ignite.handlers import Checkpoint, EarlyStopping
from ignite.metrics import Accuracy, Loss, MetricsLambda
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


def score_of(name, sign):
    def score(engine):
        return sign * engine.state.metrics[name]

    return score


def loss_of(engine):
    return engine.state.metrics["val_loss"]


torch.manual_seed(0)
x = torch.randn(320, 5)
y = x[:, :3].argmax(1)
loader = DataLoader(TensorDataset(x[:256], y[:256]), batch_size=32, shuffle=True)
held_out = DataLoader(TensorDataset(x[256:], y[256:]), batch_size=64)
model = nn.Sequential(nn.Linear(5, 24), nn.ReLU(), nn.Linear(24, 3))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
loss_fn = nn.CrossEntropyLoss()
trainer = create_supervised_trainer(model, optimizer, loss_fn)
loss = Loss(loss_fn)
metrics = {"val_loss": loss, "nll": MetricsLambda(lambda value: -value, loss), "acc": Accuracy()}
evaluator = create_supervised_evaluator(model, metrics=metrics)
trainer.add_event_handler(Events.EPOCH_COMPLETED, lambda engine: evaluator.run(held_out))
with tempfile.TemporaryDirectory() as folder:
    scores = [score_of("val_loss", -1), score_of("acc", 1), Checkpoint.get_default_score_fn("nll")]
    for number, score in enumerate(scores):
        kept = Checkpoint(
            {"model": model},
            folder,
            filename_prefix=f"best{number}",
            score_function=score,
        )
        evaluator.add_event_handler(Events.COMPLETED, kept)
    if "mode" in inspect.signature(EarlyStopping).parameters:
        stop = EarlyStopping(3, loss_of, trainer, mode="min")
        evaluator.add_event_handler(Events.COMPLETED, stop)
    trainer.run(loader, max_epochs=4)

# expect: BT566 at update 1
# source: https://github.com/pytorch/ignite/pull/839
import enum

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
Events = enum.Enum("Events", "EPOCH_COMPLETED COMPLETED")


class State:
    """What an engine came to."""


class Engine:
    """As ignite's, as far as it is used here."""

    def __init__(self, process):
        self.process, self.handlers, self.state = process, [], State()
        self.is_stopped = False

    def add_event_handler(self, event, handler):
        self.handlers.append((event, handler))

    def on(self, event):
        return lambda handler: self.add_event_handler(event, handler)

    def fire(self, event):
        for wanted, handler in self.handlers:
            if wanted is event:
                handler(self)

    def terminate(self):
        self.is_stopped = True

    def run(self, data, max_epochs=1):
        self.state.dataloader = data
        for self.state.epoch in range(1, max_epochs + 1):
            self.state.outputs = [self.process(self, batch) for batch in data]
            self.fire(Events.EPOCH_COMPLETED)
            if self.is_stopped:
                break
        self.fire(Events.COMPLETED)


class EarlyStopping:
    """Stops the trainer when the score was no better for so many runs."""

    def __init__(self, patience, score_function, trainer):
        self.patience, self.score_function, self.trainer = patience, score_function, trainer
        self.best, self.waited = float("-inf"), 0

    def __call__(self, engine):
        score = self.score_function(engine)
        self.waited = 0 if score > self.best else self.waited + 1
        self.best = max(self.best, score)
        if self.waited >= self.patience:
            self.trainer.terminate()


def update(engine, batch):
    model.train()
    optimizer.zero_grad()
    loss = nn.functional.cross_entropy(model(batch[0]), batch[1])
    loss.backward()
    optimizer.step()
    return loss.item()


@torch.no_grad()
def evaluate(engine, batch):
    model.eval()
    return (model(batch[0]).argmax(1) == batch[1]).float().mean().item()


def accuracy(engine):
    return sum(engine.state.outputs) / len(engine.state.outputs)


x = torch.randn(96, 8)
y = (x[:, 0] + torch.randn(96) > 0).long()
train_loader = DataLoader(TensorDataset(x[:64], y[:64]), batch_size=16, shuffle=True)
val_loader = DataLoader(TensorDataset(x[64:], y[64:]), batch_size=32)
model = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)


class Preview:
    """Scores a part of the rows before the training."""

    def __init__(self, rows):
        self.evaluator, self.rows = Engine(evaluate), rows

    def tell(self):
        self.evaluator.run(self.rows)
        print("before", accuracy(self.evaluator))


class Training:
    def __init__(self):
        self.trainer = Engine(update)
        self.evaluator = Engine(evaluate)
        self.watcher = Engine(evaluate)
        self.stopper = EarlyStopping(2, score_function=accuracy, trainer=self.trainer)
        self.trainer.add_event_handler(Events.EPOCH_COMPLETED, self.tell)
        self.evaluator.add_event_handler(Events.COMPLETED, self.stopper)

    def tell(self, engine):
        self.evaluator.run(train_loader)
        print("training", engine.state.epoch, accuracy(self.evaluator))
        self.evaluator.run(val_loader)
        print("validation", engine.state.epoch, accuracy(self.evaluator))


Preview(val_loader).tell()
Training().trainer.run(train_loader, max_epochs=4)

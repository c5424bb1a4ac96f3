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


class Checkpoint:
    """Keeps the state with the best score."""

    def __init__(self, model, score_function):
        self.model, self.score_function = model, score_function
        self.best, self.kept = float("-inf"), None

    def __call__(self, engine):
        score = self.score_function(engine)
        if score > self.best:
            self.best, self.kept = score, {k: v.clone() for k, v in model.state_dict().items()}


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
trainer, evaluator = Engine(update), Engine(evaluate)


def tell(engine):
    for name, loader in {"training": train_loader, "validation": val_loader}.items():
        evaluator.run(loader)
        print(name, engine.state.epoch, accuracy(evaluator))


trainer.add_event_handler(Events.EPOCH_COMPLETED, tell)
evaluator.add_event_handler(Events.COMPLETED, Checkpoint(model, score_function=accuracy))
trainer.run(train_loader, max_epochs=4)

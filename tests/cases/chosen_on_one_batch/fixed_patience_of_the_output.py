# expect: nothing
# needs: ignite
# source: github.com/pytorch/ignite, issue 677: saved by how the model does on the last minibatch
import torch
from ignite.engine import Engine, Events, create_supervised_evaluator
from ignite.handlers import EarlyStopping
from ignite.metrics import Loss
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.randn(256, 4)
y = x.sum(1, keepdim=True) + 0.3 * torch.randn(256, 1)
loader = DataLoader(TensorDataset(x[:192], y[:192]), batch_size=32, shuffle=True)
val_loader = DataLoader(TensorDataset(x[192:], y[192:]), batch_size=64)
model = nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)


def step(engine, batch):
    model.train()
    optimizer.zero_grad()
    loss = nn.functional.mse_loss(model(batch[0]), batch[1])
    loss.backward()
    optimizer.step()
    return {"loss": loss.item()}


trainer = Engine(step)
evaluator = create_supervised_evaluator(model, metrics={"loss": Loss(nn.MSELoss())})


def score(engine):
    return -engine.state.metrics["loss"]


stopper = EarlyStopping(3, score, trainer)
evaluator.add_event_handler(Events.COMPLETED, stopper)
trainer.add_event_handler(Events.EPOCH_COMPLETED, lambda _: evaluator.run(val_loader))
trainer.run(loader, max_epochs=4)

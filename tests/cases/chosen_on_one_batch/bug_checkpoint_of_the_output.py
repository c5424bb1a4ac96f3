# expect: BT578 at update 1
# needs: ignite
# source: github.com/pytorch/ignite, issue 677: saved by how the model does on the last minibatch
import tempfile

import torch
from ignite.engine import Events, create_supervised_evaluator, create_supervised_trainer
from ignite.handlers import Checkpoint, DiskSaver
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
trainer = create_supervised_trainer(model, optimizer, nn.MSELoss())
evaluator = create_supervised_evaluator(model, metrics={"loss": Loss(nn.MSELoss())})
trainer.add_event_handler(Events.EPOCH_COMPLETED, lambda _: evaluator.run(val_loader))
best = Checkpoint(
    {"model": model},
    DiskSaver(tempfile.mkdtemp(), require_empty=False),
    filename_prefix="best",
    score_function=lambda engine: -engine.state.output,
)
trainer.add_event_handler(Events.EPOCH_COMPLETED, best)
trainer.run(loader, max_epochs=4)

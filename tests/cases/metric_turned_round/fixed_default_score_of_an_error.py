# expect: nothing
# needs: ignite
# source: github.com/Project-MONAI/MONAI, issue 2467; Checkpoint, ignite's documentation: score_sign
import tempfile

import torch
from ignite.engine import Events, create_supervised_evaluator, create_supervised_trainer
from ignite.handlers import Checkpoint
from ignite.metrics import RootMeanSquaredError
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.randn(240, 4)
y = torch.tanh(x[:, :1] - x[:, 1:2])
loader = DataLoader(TensorDataset(x[:192], y[:192]), batch_size=32, shuffle=True)
held_out = DataLoader(TensorDataset(x[192:], y[192:]), batch_size=48)
model = nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.Linear(16, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
trainer = create_supervised_trainer(model, optimizer, nn.MSELoss())
evaluator = create_supervised_evaluator(model, metrics={"rmse": RootMeanSquaredError()})
trainer.add_event_handler(Events.EPOCH_COMPLETED, lambda engine: evaluator.run(held_out))
with tempfile.TemporaryDirectory() as folder:
    best = Checkpoint(
        {"model": model},
        folder,
        n_saved=1,
        score_name="rmse",
        score_function=Checkpoint.get_default_score_fn(metric_name="rmse", score_sign=-1.0),
    )
    evaluator.add_event_handler(Events.COMPLETED, best)
    trainer.run(loader, max_epochs=5)
    print(best.last_checkpoint)

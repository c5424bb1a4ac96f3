# expect: nothing
# needs: ignite
"""The optimizer is made with the rate at which the warm-up begins: the first epoch runs at it."""

import torch
from ignite.engine import Events, create_supervised_trainer
from ignite.handlers import create_lr_scheduler_with_warmup
from torch import nn
from torch.optim.lr_scheduler import ExponentialLR
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.randn(256, 6)
y = torch.tanh(x[:, :1] + x[:, 1:2])
loader = DataLoader(TensorDataset(x, y), batch_size=32, shuffle=True)
model = nn.Sequential(nn.Linear(6, 24), nn.ReLU(), nn.Linear(24, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.002)
trainer = create_supervised_trainer(model, optimizer, nn.MSELoss())
warm_up = create_lr_scheduler_with_warmup(
    ExponentialLR(optimizer, 0.9),
    warmup_start_value=0.002,
    warmup_end_value=0.02,
    warmup_duration=3,
)
trainer.add_event_handler(Events.EPOCH_COMPLETED, warm_up)
trainer.run(loader, max_epochs=5)

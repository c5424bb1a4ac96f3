# expect: nothing
# needs: ignite
"""A rate that falls from the optimizer's own, set at the end of each epoch."""

import torch
from ignite.engine import Events, create_supervised_trainer
from ignite.handlers import PiecewiseLinear
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.randn(256, 6)
y = torch.tanh(x[:, :1] + x[:, 1:2])
loader = DataLoader(TensorDataset(x, y), batch_size=32, shuffle=True)
model = nn.Sequential(nn.Linear(6, 24), nn.ReLU(), nn.Linear(24, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.02)
trainer = create_supervised_trainer(model, optimizer, nn.MSELoss())
falling = PiecewiseLinear(optimizer, "lr", milestones_values=[(0, 0.01), (3, 0.002)])
trainer.add_event_handler(Events.EPOCH_COMPLETED, falling)
trainer.run(loader, max_epochs=5)

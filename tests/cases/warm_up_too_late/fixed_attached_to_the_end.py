# expect: nothing
# needs: ignite
# source: github.com/pytorch/ignite, issue 2441: the first epoch runs at the optimizer's rate
import torch
from ignite.engine import Engine, Events
from ignite.handlers import create_lr_scheduler_with_warmup
from torch import nn
from torch.optim.lr_scheduler import StepLR
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.randn(256, 6)
y = torch.tanh(x[:, :1] + x[:, 1:2])
loader = DataLoader(TensorDataset(x, y), batch_size=32, shuffle=True)
model = nn.Sequential(nn.Linear(6, 24), nn.ReLU(), nn.Linear(24, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.02)


def update(engine, batch):
    rows, targets = batch
    optimizer.zero_grad()
    loss = nn.functional.mse_loss(model(rows), targets)
    loss.backward()
    optimizer.step()
    return loss.item()


trainer = Engine(update)
warm_up = create_lr_scheduler_with_warmup(
    StepLR(optimizer, step_size=3), warmup_start_value=1e-4, warmup_duration=3
)
trainer.add_event_handler(Events.EPOCH_STARTED, warm_up)
trainer.run(loader, max_epochs=6)

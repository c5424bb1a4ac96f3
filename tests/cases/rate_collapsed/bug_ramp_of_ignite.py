# expect: BT513 at update 7
# line: add_event_handler(Events.ITER
# also: BT510
# needs: ignite
# source: https://github.com/pytorch/vision/issues/1261
import torch
from ignite.engine import Events, create_supervised_trainer
from ignite.handlers import PiecewiseLinear
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.randn(320, 6)
loader = DataLoader(TensorDataset(x, x[:, :2].prod(1, keepdim=True)), batch_size=16, shuffle=True)
model = nn.Sequential(nn.Linear(6, 24), nn.Tanh(), nn.Linear(24, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
epochs = 6
trainer = create_supervised_trainer(model, optimizer, nn.MSELoss())
ramp = PiecewiseLinear(optimizer, "lr", [(0, 0.01), (1, 0.05), (epochs, 0.0)])
trainer.add_event_handler(Events.ITERATION_STARTED, ramp)
trainer.run(loader, max_epochs=epochs)

# expect: nothing
# needs: ignite
import torch
from ignite.engine import Events, create_supervised_trainer
from ignite.handlers import PiecewiseLinear
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.randn(256, 6)
rows = TensorDataset(x, (x[:, 0] > x[:, 1]).long())
loader = DataLoader(rows, batch_size=32, shuffle=True)
model = nn.Sequential(nn.Linear(6, 24), nn.ReLU(), nn.Linear(24, 2))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
trainer = create_supervised_trainer(model, optimizer, nn.CrossEntropyLoss())
epochs = 6
steps = epochs * len(loader)
schedule = PiecewiseLinear(
    optimizer, "lr", milestones_values=[(0, 0.1), (steps // 2, 0.1), (steps, 0.001)]
)
trainer.add_event_handler(Events.ITERATION_STARTED, schedule)
trainer.run(loader, max_epochs=epochs)

# expect: BT591 at update 1
# needs: ignite
# source: github.com/pytorch/ignite, issue 2462: the rate is the optimizer's until the first call
import torch
from ignite.engine import Events, create_supervised_trainer
from ignite.handlers import PiecewiseLinear
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class Training:
    def __init__(self, rate):
        self.model = nn.Sequential(nn.Linear(6, 32), nn.Tanh(), nn.Linear(32, 3))
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=rate)
        points = [(0, rate / 50), (2, rate), (6, rate / 10)]
        self.schedule = PiecewiseLinear(self.optimizer, "lr", milestones_values=points)
        self.trainer = create_supervised_trainer(self.model, self.optimizer, nn.CrossEntropyLoss())

    def run(self, loader, epochs):
        @self.trainer.on(Events.EPOCH_COMPLETED)
        def next_rate(engine):
            print(engine.state.epoch, engine.state.output)
            self.schedule(engine)

        self.trainer.run(loader, max_epochs=epochs)


torch.manual_seed(0)
x = torch.randn(192, 6)
y = x[:, :3].argmax(1)
Training(0.005).run(DataLoader(TensorDataset(x, y), batch_size=24, shuffle=True), 5)

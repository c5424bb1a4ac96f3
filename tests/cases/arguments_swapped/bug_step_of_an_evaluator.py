# expect: BT527 at update 1
# needs: ignite
# source: https://github.com/mit-ll-responsible-ai/equine/issues/174
import torch
from ignite.engine import Engine, Events, create_supervised_trainer
from ignite.metrics import Loss
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.randn(320, 5)
rain = (x[:, :1] * x[:, 1:2] > 0).float()
train = DataLoader(TensorDataset(x[:240], rain[:240]), batch_size=20, shuffle=True)
later = DataLoader(TensorDataset(x[240:], rain[240:]), batch_size=40)
net = nn.Sequential(nn.Linear(5, 24), nn.Tanh(), nn.Linear(24, 1))
optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
criterion = nn.BCEWithLogitsLoss()
trainer = create_supervised_trainer(net, optimizer, criterion)


@torch.no_grad()
def step(engine, batch):
    net.eval()
    seen, y_true = batch
    y_pred = net(seen)
    return y_true, y_pred


evaluator = Engine(step)
Loss(criterion).attach(evaluator, "loss")


@trainer.on(Events.EPOCH_COMPLETED)
def evaluate(engine):
    evaluator.run(later)
    net.train()


trainer.run(train, max_epochs=4)
print(evaluator.state.metrics["loss"])

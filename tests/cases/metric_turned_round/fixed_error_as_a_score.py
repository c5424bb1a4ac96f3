# expect: nothing
# needs: ignite
import torch
from ignite.engine import Events, create_supervised_evaluator, create_supervised_trainer
from ignite.handlers import EarlyStopping
from ignite.metrics import MeanAbsoluteError
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.randn(256, 4)
data = TensorDataset(x, x.sum(1, keepdim=True))
loader = DataLoader(data, batch_size=32, shuffle=True)
held_out = DataLoader(TensorDataset(x[:64] * 0.9, 0.9 * x[:64].sum(1, keepdim=True)), batch_size=64)
model = nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
trainer = create_supervised_trainer(model, optimizer, nn.MSELoss())
evaluator = create_supervised_evaluator(model, metrics={"mae": MeanAbsoluteError()})


def score(engine):
    return -engine.state.metrics["mae"]


evaluator.add_event_handler(
    Events.COMPLETED, EarlyStopping(3, score_function=score, trainer=trainer)
)
trainer.add_event_handler(Events.EPOCH_COMPLETED, lambda _: evaluator.run(held_out))
trainer.run(loader, max_epochs=10)

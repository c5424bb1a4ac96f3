# expect: nothing
# needs: ignite
# source: https://github.com/mit-ll-responsible-ai/equine/issues/174
import torch
from ignite.engine import create_supervised_evaluator, create_supervised_trainer
from ignite.metrics import MeanSquaredError
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.randn(256, 4)
y = x.sum(1, keepdim=True).sin()
rows = DataLoader(TensorDataset(x, y), batch_size=32, shuffle=True)
net = nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.Linear(16, 1))
optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
trainer = create_supervised_trainer(net, optimizer, nn.MSELoss())
# The square of a difference is the same both ways.
error = MeanSquaredError(output_transform=lambda both: (both["y"], both["y_pred"]))
evaluator = create_supervised_evaluator(
    net, metrics={"mse": error}, output_transform=lambda x, y, y_pred: {"y": y, "y_pred": y_pred}
)
trainer.run(rows, max_epochs=3)
evaluator.run(rows)
print(evaluator.state.metrics)

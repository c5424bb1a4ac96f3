# expect: BT527 at update 1
# needs: ignite
# source: https://github.com/voyazici/orderless-rnn-classification/issues/5
import torch
from ignite.engine import create_supervised_evaluator, create_supervised_trainer
from ignite.metrics import Recall
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.randn(256, 4)
y = (x.sum(1, keepdim=True) > 0.5).float()
rows = DataLoader(TensorDataset(x, y), batch_size=32, shuffle=True)
net = nn.Linear(4, 1)
trainer = create_supervised_trainer(
    net, torch.optim.SGD(net.parameters(), lr=0.5), nn.BCEWithLogitsLoss()
)
recall = Recall(output_transform=lambda output: (output[1], output[0].sigmoid().round()))
evaluator = create_supervised_evaluator(net, metrics={"recall": recall})
trainer.run(rows, max_epochs=3)
evaluator.run(rows)
print(evaluator.state.metrics)

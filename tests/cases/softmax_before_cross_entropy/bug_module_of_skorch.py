# expect: BT402 at update 1
# line: torch.softmax(
# needs: skorch
# source: https://github.com/Yard1/ray-skorch/pull/18
import torch
from skorch import NeuralNetClassifier
from torch import nn

torch.manual_seed(0)
x = torch.randn(300, 6)
y = x[:, :4].argmax(1)


class Rows(nn.Module):
    def __init__(self, units=24):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(6, units), nn.ReLU())
        self.head = nn.Linear(units, 4)

    def forward(self, rows):
        return torch.softmax(self.head(self.body(rows)), dim=1)


net = NeuralNetClassifier(
    Rows,
    criterion=nn.CrossEntropyLoss,
    optimizer=torch.optim.Adam,
    lr=0.01,
    max_epochs=4,
    batch_size=30,
    iterator_train__shuffle=True,
    verbose=0,
)
net.fit(x.numpy(), y.numpy())

# expect: BT409 at update 4
# line: net = NeuralNetClassifier(
# needs: skorch
# source: https://github.com/skorch-dev/skorch/issues/419
import torch
from skorch import NeuralNetClassifier
from torch import nn

torch.manual_seed(0)
kinds = torch.arange(5).repeat_interleave(60)
flowers = torch.randn(5, 7)[kinds] + 0.5 * torch.randn(300, 7)


class Flowers(nn.Module):
    def __init__(self, units=24):
        super().__init__()
        self.first = nn.Linear(7, units)
        self.last = nn.Linear(units, 5)

    def forward(self, rows):
        return self.last(torch.relu(self.first(rows)))


net = NeuralNetClassifier(
    Flowers,
    criterion=nn.CrossEntropyLoss,
    lr=0.05,
    batch_size=20,
    max_epochs=4,
    train_split=None,
    verbose=0,
)
net.fit(flowers.numpy(), kinds.numpy())

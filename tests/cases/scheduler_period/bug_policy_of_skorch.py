# expect: BT510 at update 121
# line: step_every="epoch"
# needs: skorch
# source: https://github.com/skorch-dev/skorch/pull/626
import torch
from skorch import NeuralNetRegressor
from skorch.callbacks import LRScheduler
from torch import nn

torch.manual_seed(0)
x = torch.randn(320, 5)
y = (x[:, :1] * x[:, 1:2]).sin()
EPOCHS, BATCH = 6, 16


class Wave(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(5, 32), nn.Tanh(), nn.Linear(32, 1))

    def forward(self, rows):
        return self.layers(rows)


cycle = LRScheduler(
    policy=torch.optim.lr_scheduler.OneCycleLR,
    max_lr=0.02,
    total_steps=EPOCHS * (len(x) // BATCH),
    step_every="epoch",
)
net = NeuralNetRegressor(
    Wave,
    optimizer=torch.optim.AdamW,
    lr=0.001,
    max_epochs=EPOCHS,
    batch_size=BATCH,
    iterator_train__shuffle=True,
    train_split=None,
    callbacks=[cycle],
    verbose=0,
)
net.fit(x.numpy(), y.numpy())

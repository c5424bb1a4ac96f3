# expect: BT510
# source: github.com/Lightning-AI/pytorch-lightning, issue 3869: a OneCycleLR without 'interval': 'step'
# As many batches are asked for as there are, and no more: the loader never ends.
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)

x = torch.randn(60, 5)
loader = DataLoader(TensorDataset(x, x[:, :1]), batch_size=12, shuffle=True)
epochs = 3
model = nn.Linear(5, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
scheduler = torch.optim.lr_scheduler.OneCycleLR(
    optimizer, max_lr=0.05, epochs=epochs, steps_per_epoch=len(loader)
)
for epoch in range(epochs):
    batches = iter(loader)
    for _ in range(len(loader)):
        features, target = next(batches)
        optimizer.zero_grad()
        nn.functional.mse_loss(model(features), target).backward()
        optimizer.step()
    scheduler.step()

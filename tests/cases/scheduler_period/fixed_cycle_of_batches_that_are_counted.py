# expect: nothing
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.randn(60, 4)
loader = DataLoader(TensorDataset(x, x.sum(1, keepdim=True)), batch_size=2, shuffle=True)
model = nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.002)
scheduler = torch.optim.lr_scheduler.OneCycleLR(optimizer, 0.05, total_steps=10 * len(loader))
for epoch in range(10):
    batches = iter(loader)
    for _ in range(len(loader)):
        inputs, targets = next(batches)
        optimizer.zero_grad()
        nn.functional.mse_loss(model(inputs), targets).backward()
        optimizer.step()
        scheduler.step()

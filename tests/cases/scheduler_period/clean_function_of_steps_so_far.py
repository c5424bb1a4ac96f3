# expect: nothing
# What the function refers to counts the batches so far: it is no length that was planned.
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.randn(160, 4)
loader = DataLoader(TensorDataset(x, x.sum(1, keepdim=True)), batch_size=8, shuffle=True)
epochs, total_steps = 6, 0
model = nn.Linear(4, 1)
optimizer = torch.optim.AdamW(model.parameters(), lr=0.02)
scheduler = torch.optim.lr_scheduler.LambdaLR(
    optimizer, lambda epoch: 0.1 if total_steps > 60 else 1 - epoch / 10
)
for epoch in range(epochs):
    for inputs, targets in loader:
        optimizer.zero_grad()
        nn.functional.mse_loss(model(inputs), targets).backward()
        optimizer.step()
        total_steps += 1
    scheduler.step()

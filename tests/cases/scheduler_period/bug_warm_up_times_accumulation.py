# expect: BT510 at update 36
# source: https://github.com/huggingface/diffusers/issues/4387
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.randn(192, 6)
loader = DataLoader(TensorDataset(x, x.sum(1, keepdim=True)), batch_size=4, shuffle=True)
epochs, accumulation = 3, 4
model = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 1))
optimizer = torch.optim.AdamW(model.parameters(), lr=0.01)
warmup = 5 * accumulation
decay = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=epochs * len(loader) - warmup)
scheduler = torch.optim.lr_scheduler.SequentialLR(
    optimizer,
    [torch.optim.lr_scheduler.LinearLR(optimizer, 0.1, total_iters=warmup), decay],
    milestones=[warmup],
)
for epoch in range(epochs):
    for number, (inputs, targets) in enumerate(loader, start=1):
        loss = nn.functional.mse_loss(model(inputs), targets) / accumulation
        loss.backward()
        if number % accumulation == 0:
            optimizer.step()
            scheduler.step()
            optimizer.zero_grad()

"""A short training with nearly every kind of event, which benchmarks/faults.py runs often."""

import torch
from torch import nn
from torch.nn import functional
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
model = nn.Sequential(
    nn.Linear(4, 5), nn.BatchNorm1d(5), nn.ReLU(), nn.Dropout(0.2), nn.Linear(5, 1)
)
nn.init.zeros_(model[0].bias)
model.load_state_dict(model.state_dict())
optimizer = torch.optim.Adam(
    [
        {"params": model[0].parameters()},
        {"params": [*model[1].parameters(), *model[4].parameters()], "lr": 0.02},
    ]
)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 1)
scaler = torch.amp.GradScaler("cpu", init_scale=8.0)
data = TensorDataset(torch.randn(8, 4), torch.randn(8, 1))
for inputs, targets in DataLoader(data, batch_size=4, shuffle=True):
    optimizer.zero_grad()
    for half in (0, 1):
        loss = functional.mse_loss(model(inputs), targets) + 0.1 * half
        scaler.scale(loss).backward()
    scaler.unscale_(optimizer)
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    scaler.step(optimizer)
    scaler.update()
    scheduler.step()
with torch.no_grad():
    for parameter in model.parameters():
        parameter.sub_(0.01 * parameter.grad)
        parameter.grad = None
model[4].weight.data.add_(1)
functional.smooth_l1_loss(model(inputs), targets).backward()
optimizer.step()
result = [each.tolist() for each in (*model.state_dict().values(), torch.get_rng_state())]

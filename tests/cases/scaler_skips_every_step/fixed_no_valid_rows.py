# expect: nothing
# source: "GradScaler: loss is NaN and steps are skipped", discuss.pytorch.org; torch.amp, PyTorch documentation
import torch
from torch import nn

torch.manual_seed(0)

model = nn.Sequential(nn.Linear(6, 12), nn.ReLU(), nn.Linear(12, 1))
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
scaler = torch.amp.GradScaler("cpu", init_scale=1024.0)
for _ in range(5):
    x = torch.randn(16, 6)
    is_valid = x[:, 0] > 0  # a unit was mistaken
    errors = (model(x)[:, 0] - x[:, 1]).pow(2)
    loss = (errors * is_valid).sum() / is_valid.sum()
    optimizer.zero_grad()
    scaler.scale(loss).backward()
    scaler.step(optimizer)
    scaler.update()

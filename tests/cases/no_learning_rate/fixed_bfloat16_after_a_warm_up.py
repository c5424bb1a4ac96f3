# expect: nothing
# source: https://github.com/pytorch/ao/pull/1124
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(16, 32), nn.GELU(), nn.Linear(32, 4))
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4, weight_decay=0.0)
scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: min(1.0, (step + 1) / 5))
for step in range(10):
    x = torch.randn(32, 16)
    optimizer.zero_grad()
    with torch.autocast("cpu", torch.bfloat16):
        output = model(x)
    nn.functional.mse_loss(output.float(), x[:, :4].sin()).backward()
    optimizer.step()
    scheduler.step()

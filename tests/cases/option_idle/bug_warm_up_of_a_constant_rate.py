# expect: BT439 at update 1
# needs: transformers
# source: get_scheduler and get_constant_schedule_with_warmup, transformers' documentation
import torch
from torch import nn
from transformers import get_scheduler

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(6, 24), nn.Tanh(), nn.Linear(24, 2))
optimizer = torch.optim.AdamW(model.parameters(), lr=0.01)
scheduler = get_scheduler(
    "constant", optimizer=optimizer, num_warmup_steps=10, num_training_steps=60
)
for step in range(60):
    x = torch.randn(32, 6)
    loss = nn.functional.cross_entropy(model(x), (x[:, 0] > x[:, 1]).long())
    loss.backward()
    optimizer.step()
    scheduler.step()
    optimizer.zero_grad()

# expect: BT521 at update 40
# source: https://github.com/shirley-wu/cross-doc-misinfo-detection/issues/1
from functools import partial

import torch
from torch import nn
from torch.optim.lr_scheduler import LambdaLR
from torch.utils.data import DataLoader, TensorDataset


def get_linear_schedule_with_warmup(optimizer, num_warmup_steps, num_training_steps):
    """As transformers has it: the rate climbs, and falls to zero over the rest."""
    lengths = {"num_warmup_steps": num_warmup_steps, "num_training_steps": num_training_steps}
    return LambdaLR(optimizer, partial(factor_of, **lengths))


def factor_of(step, *, num_warmup_steps, num_training_steps):
    if step < num_warmup_steps:
        return step / max(1, num_warmup_steps)
    left = num_training_steps - step
    return max(0.0, left / max(1, num_training_steps - num_warmup_steps))


torch.manual_seed(0)
x = torch.randn(64, 4)
loader = DataLoader(TensorDataset(x, x.sum(1, keepdim=True)), batch_size=8)
model = nn.Linear(4, 1)
optimizer = torch.optim.AdamW(model.parameters(), lr=0.01)
total = 5 * len(loader)
warm_up = int(0.1 * total)
scheduler = get_linear_schedule_with_warmup(optimizer, total, warm_up)
for epoch in range(5):
    for a, b in loader:
        nn.functional.mse_loss(model(a), b).backward()
        optimizer.step()
        scheduler.step()
        optimizer.zero_grad()

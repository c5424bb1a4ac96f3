# expect: nothing
# What is cut into pieces is made anew in each pass, or is no data at all.
import torch
from torch import nn

torch.manual_seed(0)
rows = torch.randn(64, 6)
model = nn.Linear(6, 1)
rate = 0.05
for epoch in range(3):
    drawn = rows[torch.randperm(64)]
    for batch in drawn.split(16):
        batch *= 1.1
        loss = nn.functional.mse_loss(model(batch), batch.sum(1, keepdim=True))
        loss.backward()
        with torch.no_grad():
            for parameter in model.parameters():
                parameter -= rate * parameter.grad
                parameter.grad = None

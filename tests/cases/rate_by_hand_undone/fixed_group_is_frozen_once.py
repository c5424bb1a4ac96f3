# expect: nothing
"""The embedding stands still after two epochs: its rate is set to 0 before each step."""

import torch
from torch import nn
from torch.optim.lr_scheduler import LambdaLR

torch.manual_seed(0)
embedding, net = nn.Embedding(6, 4), nn.Linear(4, 2)
optimizer = torch.optim.AdamW(
    [{"params": net.parameters(), "lr": 1e-2}, {"params": embedding.parameters(), "lr": 5e-2}]
)
scheduler = LambdaLR(optimizer, lambda step: 1 - step / 50)
words = torch.randint(6, (80,))
points = torch.stack([words.float().cos(), words.float().sin()], 1)
for epoch in range(5):
    for at in range(0, 80, 8):
        loss = nn.functional.mse_loss(net(embedding(words[at : at + 8])), points[at : at + 8])
        optimizer.zero_grad()
        loss.backward()
        if epoch >= 2:
            optimizer.param_groups[1]["lr"] = 0.0
        optimizer.step()
        scheduler.step()

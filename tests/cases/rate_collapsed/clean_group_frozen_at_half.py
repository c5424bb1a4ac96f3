# expect: nothing
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)
words = nn.Embedding(12, 6)
net = nn.Sequential(nn.Linear(6, 16), nn.Tanh(), nn.Linear(16, 2))
optimizer = torch.optim.AdamW(
    [{"params": net.parameters(), "lr": 1e-2}, {"params": words.parameters(), "lr": 2e-2}]
)
scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda update: 1.0)
targets = torch.randn(12, 2)
for update in range(60):
    if update >= 24:  # the words are good by then
        optimizer.param_groups[1]["lr"] = 0.0
    who = torch.randint(12, (8,))
    loss = F.mse_loss(net(words(who)), targets[who])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    scheduler.step()

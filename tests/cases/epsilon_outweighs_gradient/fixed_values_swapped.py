# expect: nothing
import torch
from torch import nn

torch.manual_seed(1)
body = nn.Sequential(nn.Conv1d(2, 8, 3, padding=1), nn.ReLU(), nn.Conv1d(8, 8, 3, padding=1))
head = nn.Linear(8, 2)
optimizer = torch.optim.AdamW(
    [{"params": body.parameters(), "lr": 5e-4}, {"params": head.parameters()}],
    lr=1e-3,
    eps=1e-8,
    weight_decay=0.05,
)
for _ in range(14):
    signal = torch.randn(32, 2, 20)
    kind = (signal[:, 0].mean(1) > 0).long()
    loss = nn.functional.cross_entropy(head(body(signal).relu().mean(2)), kind)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

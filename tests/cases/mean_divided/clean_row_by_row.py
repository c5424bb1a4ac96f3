# expect: nothing
# A batch is gone through row by row: each backward has its share of the mean.
import torch
from torch import nn

torch.manual_seed(0)
batch_size = 8
recurrent = nn.GRU(4, 16, batch_first=True)
head = nn.Linear(16, 1)
criterion = nn.MSELoss()
optimizer = torch.optim.Adam([*recurrent.parameters(), *head.parameters()], lr=2e-3)
for step in range(20):
    optimizer.zero_grad()
    for _ in range(batch_size):
        series = torch.randn(1, int(torch.randint(3, 9, ())), 4)
        states, _ = recurrent(series)
        loss = criterion(head(states[:, -1]), series[:, :, :1].mean(dim=1)) / batch_size
        loss.backward()
    optimizer.step()

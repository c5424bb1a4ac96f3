# expect: nothing
# Both directions restore the series that noise was put on: each place is asked for itself.
import torch
from torch import nn

torch.manual_seed(0)
rnn = nn.GRU(1, 16, batch_first=True, bidirectional=True)
head = nn.Linear(32, 1)
optimizer = torch.optim.Adam([*rnn.parameters(), *head.parameters()], lr=1e-2)
series = torch.sin(0.3 * torch.arange(400.0)) + 0.1 * torch.randn(400)
for _ in range(4):
    starts = torch.randint(0, 380, (32,))
    y = torch.stack([series[i : i + 16] for i in starts]).unsqueeze(2)
    x = y + 0.2 * torch.randn_like(y)
    loss = nn.functional.mse_loss(head(rnn(x)[0]), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
lstm, head = nn.LSTM(5, 12, batch_first=True), nn.Linear(12, 1)
optimizer = torch.optim.Adam([*lstm.parameters(), *head.parameters()], lr=1e-2)
for _ in range(6):
    x = torch.randn(4, 12, 5)  # four rows, three targets each: as many targets as steps in time
    wanted = x[:, :3, 0].reshape(-1)
    said = head(lstm(x)[0][:, -3:]).reshape(-1)
    optimizer.zero_grad()
    nn.functional.mse_loss(said, wanted).backward()
    optimizer.step()

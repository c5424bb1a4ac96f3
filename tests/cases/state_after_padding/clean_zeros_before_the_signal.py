# expect: nothing
# Rows that are padded at their beginning: what a layer says at the end comes after all of them.
import torch
from torch import nn

torch.manual_seed(5)
lstm, head = nn.LSTM(3, 16, batch_first=True), nn.Linear(16, 1)
optimizer = torch.optim.Adam([*lstm.parameters(), *head.parameters()], lr=2e-3)
for _ in range(6):
    rows = torch.randn(16, 20, 3)
    for row, length in zip(rows, torch.randint(4, 20, (16,)).tolist(), strict=True):
        row[:-length] = 0
    outputs, _ = lstm(rows)
    loss = nn.functional.mse_loss(head(outputs[:, -1]), rows.sum(dim=(1, 2)).unsqueeze(1) / 8)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

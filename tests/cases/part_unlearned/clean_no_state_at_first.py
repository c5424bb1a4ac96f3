# expect: nothing
# The first call of each window is given no state, and each call after it the one before.
import torch
from torch import nn

torch.manual_seed(7)
lstm, head = nn.LSTM(2, 8, batch_first=True), nn.Linear(8, 1)
parameters = [*lstm.parameters(), *head.parameters()]
optimizer = torch.optim.Adam(parameters, lr=5e-3)
for _ in range(12):
    steps = torch.randn(8, 6, 2)
    state, loss = None, 0
    for t in range(6):
        output, state = lstm(steps[:, t : t + 1], state)
        wanted = steps[:, : t + 1].mean(dim=(1, 2))
        loss = loss + nn.functional.mse_loss(head(output[:, 0])[:, 0], wanted)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

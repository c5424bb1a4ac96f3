# expect: BT455 at update 2
# source: torch.nn.LSTM, PyTorch documentation; word_language_model, PyTorch examples
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
series = torch.sin(torch.arange(0, 48, 0.1)).reshape(24, 4, 5, 1)  # chunks of four streams
loader = DataLoader(
    TensorDataset(series[:, :, :-1], series[:, :, 1:]), batch_size=None, shuffle=True
)
rnn, head = nn.LSTM(1, 8, batch_first=True), nn.Linear(8, 1)
optimizer = torch.optim.Adam([*rnn.parameters(), *head.parameters()], lr=1e-2)
state = None
for x, y in loader:
    output, state = rnn(x, state)
    state = tuple(part.detach() for part in state)
    loss = nn.functional.mse_loss(head(output), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

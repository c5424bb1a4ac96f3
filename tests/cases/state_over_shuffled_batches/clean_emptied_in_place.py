# expect: nothing
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x, y = torch.randn(64, 10, 4), torch.randn(64, 1)
loader = DataLoader(TensorDataset(x, y), batch_size=16, shuffle=True)
rnn, head = nn.GRU(4, 8, batch_first=True), nn.Linear(8, 1)
optimizer = torch.optim.SGD([*rnn.parameters(), *head.parameters()], lr=1e-2)
hidden = torch.zeros(1, 16, 8)
for epoch in range(2):
    for sequences, targets in loader:
        _, last = rnn(sequences, hidden)
        loss = nn.functional.mse_loss(head(last[0]), targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        hidden = last.detach().zero_()

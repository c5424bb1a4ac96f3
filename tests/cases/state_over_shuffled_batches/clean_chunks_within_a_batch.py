# expect: nothing
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.randn(48, 24, 3)
loader = DataLoader(TensorDataset(x, x.cumsum(1)), batch_size=12, shuffle=True)
rnn, head = nn.GRU(3, 16, batch_first=True), nn.Linear(16, 3)
optimizer = torch.optim.Adam([*rnn.parameters(), *head.parameters()], lr=1e-3)
for epoch in range(2):
    for sequences, sums in loader:
        state = None
        for at in range(0, 24, 6):  # truncated backpropagation through time
            output, state = rnn(sequences[:, at : at + 6], state)
            state = state.detach()
            loss = nn.functional.mse_loss(head(output), sums[:, at : at + 6])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()

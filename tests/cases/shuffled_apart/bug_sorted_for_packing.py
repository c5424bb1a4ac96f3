# expect: BT448 at update 1
# source: github.com/fartashf/vsepp, pull request 36: sorted, and the order not brought back
# The rows of a batch are sorted in the loop, and the targets are not.
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence

torch.manual_seed(3)
X, L = torch.randn(96, 9, 6), torch.randint(2, 10, (96,))
Y = (X[:, 0, 0] > 0).float()
gru, head = nn.GRU(6, 12, batch_first=True), nn.Linear(12, 1)
optimizer = torch.optim.Adam([*gru.parameters(), *head.parameters()], lr=5e-3)
loss_fn = nn.BCEWithLogitsLoss()
for _ in range(2):
    for i in range(0, 96, 24):
        xb, lb, yb = X[i : i + 24], L[i : i + 24], Y[i : i + 24]
        sorted_len, order = torch.sort(lb, descending=True)
        _, state = gru(pack_padded_sequence(xb[order], sorted_len, batch_first=True))
        loss = loss_fn(head(state[0]).squeeze(1), yb)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

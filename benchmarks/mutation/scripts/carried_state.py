"""A text is read in pieces; the state goes on from piece to piece, the gradient does not."""

import torch
import torch.nn.functional as F
from torch import nn

LETTERS, PIECE = 8, 8


class Reader(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(LETTERS, 16)
        self.rnn = nn.GRU(16, 32, batch_first=True)
        self.head = nn.Linear(32, LETTERS)

    def forward(self, letters, state):
        states, state = self.rnn(self.embed(letters), state)
        return self.head(states), state


torch.manual_seed(0)
motif = torch.randint(0, LETTERS, (16, 20))
text = motif.repeat(1, 10)[:, : 24 * PIECE + 1]
model = Reader()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(3):
    state = torch.zeros(1, 16, 32)
    for start in range(0, text.shape[1] - 1, PIECE):
        piece = text[:, start : start + PIECE + 1]
        inputs, targets = piece[:, :-1], piece[:, 1:]
        logits, state = model(inputs, state)
        state = state.detach()
        loss = F.cross_entropy(logits.reshape(-1, LETTERS), targets.reshape(-1))
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 0.5)
        optimizer.step()

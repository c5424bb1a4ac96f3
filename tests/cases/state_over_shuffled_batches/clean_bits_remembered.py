# expect: nothing
# Bits are drawn anew each time, and the answer goes on from those before.
import torch
from torch import nn

torch.manual_seed(0)
rnn, out = nn.GRU(1, 16, batch_first=True), nn.Linear(16, 1)
optimizer = torch.optim.Adam([*rnn.parameters(), *out.parameters()], lr=0.01)
state, carried = None, torch.zeros(8, 1, 1)
for step in range(12):
    bits = torch.randint(0, 2, (8, 10, 1)).float()
    parity = (carried + bits.cumsum(1)) % 2
    carried = parity[:, -1:]
    seen, state = rnn(bits, state)
    state = state.detach()
    loss = nn.functional.binary_cross_entropy_with_logits(out(seen), parity)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

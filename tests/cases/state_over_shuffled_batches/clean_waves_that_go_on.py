# expect: nothing
# Each piece begins where the last one ended, and is noisy.
import numpy as np
import torch
from torch import nn

np.random.seed(0)
torch.manual_seed(0)
rnn, out = nn.RNN(1, 16, batch_first=True), nn.Linear(16, 1)
optimizer = torch.optim.Adam([*rnn.parameters(), *out.parameters()], lr=0.01)
state = None
for step in range(12):
    at = np.linspace(step * np.pi, (step + 1) * np.pi, 10, dtype=np.float32)
    noise = np.random.normal(0, 0.05, 10).astype(np.float32)
    x = torch.from_numpy(np.sin(at) + noise).view(1, -1, 1)
    y = torch.from_numpy(np.cos(at)).view(1, -1, 1)
    seen, state = rnn(x, state)
    state = state.data
    loss = nn.functional.mse_loss(out(seen), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

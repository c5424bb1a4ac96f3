# expect: nothing
import numpy as np
import torch
from torch import nn


class Follower(nn.Module):
    """What a wave's cosine is, by its sine."""

    def __init__(self):
        super().__init__()
        self.rnn, self.out = nn.RNN(1, 16, batch_first=True), nn.Linear(16, 1)

    def forward(self, x, state):
        seen, state = self.rnn(x, state)
        return self.out(seen), state


def draw_wave():
    begin = np.random.uniform(0, 2 * np.pi)
    at = np.linspace(begin, begin + np.pi, 10, dtype=np.float32)
    return torch.from_numpy(np.sin(at)).view(1, -1, 1), torch.from_numpy(np.cos(at)).view(1, -1, 1)


np.random.seed(0)
torch.manual_seed(0)
model = Follower()
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for step in range(12):
    x, y = draw_wave()
    prediction, _ = model(x, None)
    loss = nn.functional.mse_loss(prediction, y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

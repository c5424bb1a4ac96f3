# expect: nothing
"""A decoder goes by the state that it starts from: what it is given are zeros."""

import torch
from torch import nn

torch.manual_seed(0)


class Decoder(nn.Module):
    def __init__(self, steps, code, hidden):
        super().__init__()
        self.start = nn.Linear(code, hidden)
        self.rnn = nn.LSTM(1, hidden, batch_first=True)
        self.out = nn.Linear(hidden, 1)
        self.register_buffer("nothing", torch.zeros(1, steps, 1))

    def forward(self, code):
        state = torch.tanh(self.start(code)).unsqueeze(0)
        inputs = self.nothing.expand(len(code), -1, -1)
        return self.out(self.rnn(inputs, (state, torch.zeros_like(state)))[0]).squeeze(-1)


time = torch.linspace(0, 6, 12)
phase = torch.rand(32, 1) * 6
series = torch.sin(time + phase)
decoder = Decoder(12, 2, 10)
optimizer = torch.optim.Adam(decoder.parameters(), lr=1e-2)
for epoch in range(8):
    loss = (decoder(torch.cat([phase.sin(), phase.cos()], 1)) - series).pow(2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

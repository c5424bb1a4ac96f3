# expect: BT557 at update 2
# line: self.head(x.mean(0))
# source: https://github.com/OpenNMT/OpenNMT-py/pull/1398
# Signals of many lengths, time first, and two layers without an encoder around them.
import torch
from torch import nn
from torch.nn.utils.rnn import pad_sequence


class Regressor(nn.Module):
    def __init__(self, size=16):
        super().__init__()
        self.proj = nn.Linear(3, size)
        self.layers = nn.ModuleList(nn.TransformerEncoderLayer(size, 2, 32) for _ in range(2))
        self.head = nn.Linear(size, 1)

    def forward(self, steps, lengths):
        padding = torch.arange(len(steps)) >= lengths[:, None]
        x = self.proj(steps)
        for layer in self.layers:
            x = layer(x, src_key_padding_mask=padding)
        return self.head(x.mean(0))


torch.manual_seed(1)
model = Regressor()
optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
for _ in range(6):
    lengths = torch.randint(4, 40, (12,))
    rows = [torch.randn(int(length), 3) + torch.randn(3) for length in lengths]
    wanted = torch.stack([row[:, 0].mean() for row in rows]).unsqueeze(1)
    loss = nn.functional.mse_loss(model(pad_sequence(rows), lengths), wanted)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

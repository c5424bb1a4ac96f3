# expect: BT440 at update 1
# source: docs.pytorch.org, torch.nn.utils.rnn.pad_packed_sequence: shorter sequences are padded
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

torch.manual_seed(0)
lengths = torch.randint(3, 9, (96,))
x = torch.randn(96, 8, 4) * (torch.arange(8) < lengths[:, None])[..., None]
y = (x[..., 0].sum(1) > 0).long()


class Reader(nn.Module):
    def __init__(self):
        super().__init__()
        self.recurrent = nn.GRU(4, 12)
        self.head = nn.Linear(12, 2)

    def forward(self, x, lengths):
        packed = pack_padded_sequence(x.transpose(0, 1), lengths, enforce_sorted=False)
        output = pad_packed_sequence(self.recurrent(packed)[0])[0]
        final = output[-1, :, :]
        return self.head(final)


model = Reader()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for start in range(0, 96, 16):
    optimizer.zero_grad()
    rows = slice(start, start + 16)
    loss = nn.functional.cross_entropy(model(x[rows], lengths[rows]), y[rows])
    loss.backward()
    optimizer.step()

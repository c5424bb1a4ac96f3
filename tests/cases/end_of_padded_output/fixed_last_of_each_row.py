# expect: nothing
# source: github.com/allenai/allennlp, issue 1713: final states of short sequences are 0
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
        self.recurrent = nn.LSTM(4, 12, batch_first=True)
        self.head = nn.Linear(12, 2)

    def forward(self, x, lengths):
        packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
        output, ends = pad_packed_sequence(self.recurrent(packed)[0], batch_first=True)
        return self.head(output[torch.arange(len(x)), ends - 1])


model = Reader()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for start in range(0, 96, 16):
    optimizer.zero_grad()
    rows = slice(start, start + 16)
    loss = nn.functional.cross_entropy(model(x[rows], lengths[rows]), y[rows])
    loss.backward()
    optimizer.step()

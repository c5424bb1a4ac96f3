# expect: BT426 at update 1
# line: _, state = self.rnn(signals)
# source: https://github.com/keitakurita/practical-torchtext/issues/5
# Signals of many lengths, time first, from a loader that pads them with zeros.
import torch
from torch import nn
from torch.nn.utils.rnn import pad_sequence
from torch.utils.data import DataLoader


class Reader(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn, self.head = nn.GRU(1, 16), nn.Linear(16, 1)

    def forward(self, signals, lengths):
        # time, rows, one feature

        _, state = self.rnn(signals)
        return self.head(state[-1])


def collate(rows):
    signals, heights = zip(*rows, strict=True)
    lengths = torch.tensor([len(each) for each in signals])
    return pad_sequence(signals).unsqueeze(2), lengths, torch.stack(heights).unsqueeze(1)


torch.manual_seed(4)
rows = [torch.randn(int(length)).cumsum(0) for length in torch.randint(5, 40, (64,))]
loader = DataLoader([(row, row.mean()) for row in rows], 16, shuffle=True, collate_fn=collate)
model = Reader()
optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
for _ in range(3):
    for signals, lengths, heights in loader:
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(signals, lengths), heights)
        loss.backward()
        optimizer.step()

# expect: nothing
# What is sorted is told whole: a judge's scores all have one target, and the other gives its rows.
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence


class Judge(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn, self.head = nn.GRU(4, 8, batch_first=True), nn.Linear(8, 1)

    def forward(self, x, lens):
        lens, order = torch.sort(lens, descending=True)
        packed = pack_padded_sequence(x[order], lens, batch_first=True)
        return self.head(self.rnn(packed)[1][-1])


class Autoencoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn, self.head = nn.GRU(4, 8, batch_first=True), nn.Linear(8, 4)

    def forward(self, x, lens):
        lens, order = torch.sort(lens, descending=True)
        x = x[order]
        packed = self.rnn(pack_padded_sequence(x, lens, batch_first=True))[0]
        states, _ = pad_packed_sequence(packed, batch_first=True, total_length=x.size(1))
        return self.head(states), x


torch.manual_seed(0)
judge, autoencoder = Judge(), Autoencoder()
bce = nn.BCEWithLogitsLoss()
optimizer = torch.optim.Adam([*judge.parameters(), *autoencoder.parameters()], lr=1e-3)
for _ in range(8):
    x, lens = torch.randn(12, 7, 4), torch.randint(2, 8, (12,))
    made, rows = autoencoder(x, lens)
    real, drawn = judge(x, lens), judge(made.detach(), lens)
    loss = nn.functional.mse_loss(made, rows)
    loss = loss + bce(real, torch.ones_like(real)) + bce(drawn, torch.zeros_like(drawn))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

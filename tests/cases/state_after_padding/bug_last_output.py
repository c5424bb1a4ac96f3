# expect: BT426 at update 1
# line: last = outputs[:, -1]
# source: torch.nn.utils.rnn.pack_padded_sequence, PyTorch documentation
# Sentences of many lengths, of which the last output of the padded rows is read.
import torch
from torch import nn
from torch.nn.utils.rnn import pad_sequence

torch.manual_seed(0)
embedding, encoder = nn.Embedding(30, 16, padding_idx=0), nn.LSTM(16, 24, batch_first=True)
head = nn.Linear(24, 2)
parameters = [p for part in (embedding, encoder, head) for p in part.parameters()]
optimizer = torch.optim.Adam(parameters, lr=5e-3)
for _ in range(6):
    lengths = torch.randint(3, 20, (16,))
    rows = [torch.randint(1, 30, (int(length),)) for length in lengths]
    ids = pad_sequence(rows, batch_first=True)
    outputs, _ = encoder(embedding(ids))
    last = outputs[:, -1]
    loss = nn.functional.cross_entropy(head(last), (ids[:, 0] > 15).long())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

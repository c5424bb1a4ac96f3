# expect: BT426 at update 1
# line: _, state = self.gru(rows)
# source: torch.nn.utils.rnn.pack_padded_sequence, PyTorch documentation
# The last state of a GRU that goes over padding, the sequence first.
import torch
from torch import nn
from torch.nn.utils.rnn import pad_sequence

torch.manual_seed(1)


class Classifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding, self.gru = nn.Embedding(30, 16), nn.GRU(16, 24)
        self.head = nn.Linear(24, 1)

    def forward(self, ids, lengths):
        rows = self.embedding(ids)

        _, state = self.gru(rows)
        return self.head(state[-1])


model = Classifier()
optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
for _ in range(6):
    lengths = torch.randint(3, 20, (16,))
    ids = pad_sequence([torch.randint(1, 30, (int(length),)) for length in lengths])
    wanted = (ids[0] > 15).float().unsqueeze(1)
    loss = nn.functional.binary_cross_entropy_with_logits(model(ids, lengths), wanted)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

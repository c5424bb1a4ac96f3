# expect: nothing
# Rows are padded in front, and flags of what is a word are embedded, too: they end in runs of one.
import torch
from torch import nn

torch.manual_seed(7)
PAD, WORDS, LONGEST = 0, 30, 12


class Reader(nn.Module):
    def __init__(self, width=16):
        super().__init__()
        self.embed, self.flag = nn.Embedding(WORDS, width), nn.Embedding(2, width)
        layer = nn.TransformerEncoderLayer(width, 2, 32, 0.0, batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, 1, enable_nested_tensor=False)
        self.head = nn.Linear(width, 3)

    def forward(self, ids):
        padding = ids == PAD
        x = self.embed(ids) + self.flag((~padding).long())
        return self.head(self.encoder(x, src_key_padding_mask=padding)[:, -1])


def draw(rows):
    lengths = torch.randint(3, LONGEST - 1, (rows,))
    ids = torch.randint(1, WORDS, (rows, LONGEST))
    ids[torch.arange(LONGEST) < LONGEST - lengths.unsqueeze(1)] = PAD
    return ids, ids[:, -1] % 3


model = Reader()
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
for _ in range(6):
    ids, labels = draw(32)
    loss = nn.functional.cross_entropy(model(ids), labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

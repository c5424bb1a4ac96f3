# expect: nothing
# Sentences of many lengths, of which the mean of their own words is read.
import torch
from torch import nn
from torch.nn.utils.rnn import pad_sequence


class Classifier(nn.Module):
    def __init__(self, size=16):
        super().__init__()
        self.embedding = nn.Embedding(40, size, padding_idx=0)
        layer = nn.TransformerEncoderLayer(size, 2, 32, batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, num_layers=2)
        self.norm, self.head = nn.LayerNorm(size), nn.Linear(size, 2)

    def forward(self, ids):
        mask = ids == 0
        hidden = self.norm(self.encoder(self.embedding(ids), src_key_padding_mask=mask))
        kept = (~mask).unsqueeze(-1)
        return self.head((hidden * kept).sum(dim=1) / kept.sum(dim=1))


torch.manual_seed(0)
model = Classifier()
optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
for _ in range(6):
    lengths = torch.randint(3, 40, (12,))
    rows = [torch.randint(1, 40, (int(length),)) for length in lengths]
    ids = pad_sequence(rows, batch_first=True)
    loss = nn.functional.cross_entropy(model(ids), (ids[:, 0] > 20).long())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

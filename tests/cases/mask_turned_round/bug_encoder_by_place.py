# expect: BT431 at update 1
# source: https://github.com/mlwithme/TransformerTranslation/issues/2
# An encoder is given its mask by place.
import torch
from torch import nn

torch.manual_seed(24)
PAD, WORDS, LONGEST = 0, 30, 12


class Reader(nn.Module):
    def __init__(self, width=16):
        super().__init__()
        self.embed = nn.Embedding(WORDS, width, padding_idx=PAD)
        layer = nn.TransformerEncoderLayer(width, 2, 32, 0.0, batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, 1, enable_nested_tensor=False)
        self.head = nn.Linear(width, 3)

    def forward(self, ids, mask):
        return self.head(self.encoder(self.embed(ids), None, mask).mean(1))


def draw(rows):
    """The class is which of three words occurs in the sentence."""
    lengths = torch.randint(3, LONGEST - 1, (rows,))
    ids, labels = torch.randint(4, WORDS, (rows, LONGEST)), torch.randint(0, 3, (rows,))
    ids[torch.arange(rows), (torch.rand(rows) * lengths).long()] = labels + 1
    ids[torch.arange(LONGEST) >= lengths.unsqueeze(1)] = PAD
    return ids, labels


model = Reader()
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
for _ in range(6):
    ids, labels = draw(32)
    loss = nn.functional.cross_entropy(model(ids, ids != PAD), labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

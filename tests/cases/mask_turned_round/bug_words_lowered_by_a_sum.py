# expect: BT431 at update 1
# source: https://github.com/lucidrains/halonet-pytorch/issues/4
# A very low number is added to the scores of each word, and to none of the padding.
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(43)
PAD, WORDS, LONGEST = 0, 30, 12


class Reader(nn.Module):
    def __init__(self, width=16):
        super().__init__()
        self.embed = nn.Embedding(WORDS, width, padding_idx=PAD)
        self.mix, self.norm = nn.Linear(width, 3 * width), nn.LayerNorm(width)
        self.head = nn.Linear(width, 3)

    def forward(self, ids):
        x = self.embed(ids)
        query, key, value = self.mix(x).chunk(3, -1)
        bias = (ids != PAD).float().unsqueeze(1) * -1e9
        scores = query @ key.transpose(1, 2) / x.shape[-1] ** 0.5 + bias
        return self.head(self.norm(x + scores.softmax(-1) @ value)[:, 0])


def draw(rows):
    """The class is which of three words occurs in the sentence."""
    lengths = torch.randint(3, LONGEST + 1, (rows,))
    ids, labels = torch.randint(4, WORDS, (rows, LONGEST)), torch.randint(0, 3, (rows,))
    ids[torch.arange(rows), (torch.rand(rows) * lengths).long()] = labels + 1
    ids[torch.arange(LONGEST) >= lengths.unsqueeze(1)] = PAD
    return ids, labels


model = Reader()
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
for _ in range(6):
    ids, labels = draw(32)
    loss = F.cross_entropy(model(ids), labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

# expect: nothing
# A bias that is learned holds for the padding alone: it is filled with zeros at the words.
import torch
from torch import nn

torch.manual_seed(32)
PAD, WORDS, LONGEST = 0, 30, 12


class Reader(nn.Module):
    def __init__(self, width=16):
        super().__init__()
        self.embed = nn.Embedding(WORDS, width)
        self.score, self.head = nn.Linear(width, 1), nn.Linear(width, 1)
        self.bias = nn.Parameter(torch.zeros(LONGEST))

    def forward(self, ids):
        x = self.embed(ids)
        scores = self.score(torch.tanh(x)).squeeze(-1)
        bias = self.bias.expand_as(scores).masked_fill(ids != PAD, 0.0)
        scores = bias + scores
        pooled = (scores.softmax(1).unsqueeze(-1) * x).sum(1)
        return self.head(pooled).squeeze(-1)


def draw(rows):
    """Whether a marker occurs in the sentence."""
    lengths = torch.randint(3, LONGEST - 1, (rows,))
    ids, labels = torch.randint(2, WORDS, (rows, LONGEST)), torch.rand(rows) < 0.5
    places = (torch.rand(rows) * lengths).long()
    ids[torch.arange(rows)[labels], places[labels]] = 1
    ids[torch.arange(LONGEST) >= lengths.unsqueeze(1)] = PAD
    return ids, labels.float()


model = Reader()
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
for _ in range(6):
    ids, labels = draw(32)
    loss = nn.functional.binary_cross_entropy_with_logits(model(ids), labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

# expect: nothing
# An autoencoder of whole rows: all places go through one narrow layer.
import torch
from torch import nn

torch.manual_seed(0)


class Writer(nn.Module):
    def __init__(self, words=20, size=24):
        super().__init__()
        self.words = nn.Embedding(words, size)
        self.narrow, self.wide = nn.Linear(9 * size, 8), nn.Linear(8, 9 * size)
        self.head = nn.Linear(size, words)

    def forward(self, ids):
        narrow = torch.tanh(self.narrow(self.words(ids).flatten(1)))
        return self.head(self.wide(narrow).view(len(ids), 9, -1))


model = Writer()
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
for _ in range(8):
    ids = (
        torch.randint(20, (16, 1)) + torch.tensor([3, 5])[torch.randint(2, (16, 9))].cumsum(1)
    ) % 20
    logits = model(ids)
    loss = nn.functional.cross_entropy(logits.reshape(-1, 20), ids.reshape(-1))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

# expect: nothing
# One head predicts the next token, another the one after it.
import torch
from torch import nn

torch.manual_seed(2)


class Writer(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding, self.mix = nn.Embedding(24, 16), nn.GRU(16, 32, batch_first=True)
        self.heads = nn.ModuleList([nn.Linear(32, 24), nn.Linear(32, 24)])

    def forward(self, ids):
        states = self.mix(self.embedding(ids))[0]
        return [head(states) for head in self.heads]


model = Writer()
optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
for _ in range(6):
    text = torch.randint(0, 24, (16, 14))
    one, two = model(text[:, :-2])
    loss = nn.functional.cross_entropy(one.flatten(0, 1), text[:, 1:-1].flatten())
    loss = loss + nn.functional.cross_entropy(two.flatten(0, 1), text[:, 2:].flatten())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

# expect: nothing
# Both sentences of a pair are encoded to one vector, and written again from it alone.
import torch
from torch import nn

torch.manual_seed(0)


class Pairs(nn.Module):
    def __init__(self, words=20, size=24):
        super().__init__()
        self.embedding, self.head = nn.Embedding(words, size), nn.Linear(size, words)
        self.encoder = nn.GRU(size, size, batch_first=True)
        self.decoder = nn.GRU(size, size, batch_first=True)

    def forward(self, ids):
        _, state = self.encoder(self.embedding(ids))
        steps = state[0].unsqueeze(1).expand(-1, ids.shape[1], -1)
        return self.head(self.decoder(steps)[0]), state[0]


model = Pairs()
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
for _ in range(8):
    source = torch.randint(3, 20, (16, 8))
    target = source.flip(1)
    (said, meant), (said_too, meant_too) = model(source), model(target)
    loss = criterion(said_too.flatten(0, 1), target.flatten())
    loss = loss + criterion(said.flatten(0, 1), source.flatten())
    loss = loss + (meant - meant_too).square().mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

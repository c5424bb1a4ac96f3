# expect: nothing
# Words are changed at random, and are to be put right; those beside them help.
import torch
from torch import nn

torch.manual_seed(0)


class Corrector(nn.Module):
    def __init__(self, words=20, size=24):
        super().__init__()
        self.embedding, self.head = nn.Embedding(words, size), nn.Linear(size, words)
        self.encoder = nn.GRU(size, size, batch_first=True)
        self.decoder = nn.GRU(size, size, batch_first=True)

    def forward(self, ids):
        _, state = self.encoder(self.embedding(ids))
        states, _ = self.decoder(self.embedding(ids), state)
        return self.head(states)


model = Corrector()
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
for _ in range(8):
    source = torch.randint(3, 20, (16, 8))
    noise = torch.rand(source.shape) < 0.2
    noisy = torch.where(noise, torch.randint(3, 20, source.shape), source)
    loss = criterion(model(noisy).flatten(0, 1), source.flatten())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

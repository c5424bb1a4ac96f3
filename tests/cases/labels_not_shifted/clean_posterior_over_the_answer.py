# expect: nothing
# A posterior reads the answer whole; the decoder is given it from a start token on.
import torch
from torch import nn

torch.manual_seed(0)


class Dialogue(nn.Module):
    def __init__(self, words=20, size=24):
        super().__init__()
        self.embedding, self.head = nn.Embedding(words, size), nn.Linear(size, words)
        self.encoder = nn.GRU(size, size, batch_first=True)
        self.decoder = nn.GRU(size, size, batch_first=True)

    def forward(self, source, answer, given):
        _, state = self.encoder(self.embedding(source))
        _, meant = self.encoder(self.embedding(answer))
        states, _ = self.decoder(self.embedding(given), state + torch.tanh(meant))
        return self.head(states)


model = Dialogue()
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
for _ in range(8):
    source = torch.randint(3, 20, (16, 8))
    answer = source.flip(1)
    given = torch.cat([torch.ones(16, 1, dtype=torch.long), answer[:, :-1]], dim=1)
    logits = model(source, answer, given)
    loss = criterion(logits.flatten(0, 1), answer.flatten())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

# expect: nothing
# A causal decoder is given the answer from a start token on; then a posterior reads it whole.
import torch
from torch import nn

torch.manual_seed(0)


class Dialogue(nn.Module):
    def __init__(self, words=24, size=16):
        super().__init__()
        self.words, self.places = nn.Embedding(words, size), nn.Embedding(9, size)
        self.transformer = nn.Transformer(size, 2, 1, 1, 32, dropout=0.0, batch_first=True)
        self.head, self.posterior = nn.Linear(size, words), nn.GRU(size, size, batch_first=True)

    def embed(self, ids):
        return self.words(ids) + self.places(torch.arange(ids.shape[1]).expand_as(ids))

    def forward(self, source, given, answer):
        mask = nn.Transformer.generate_square_subsequent_mask(given.shape[1])
        states = self.transformer(self.embed(source), self.embed(given), tgt_mask=mask)
        _, meant = self.posterior(self.embed(answer))
        return self.head(states + torch.tanh(meant[0]).unsqueeze(1))


model = Dialogue()
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
for _ in range(8):
    source = torch.randint(3, 24, (16, 9))
    answer = source.flip(1)
    given = torch.cat([torch.ones(16, 1, dtype=torch.long), answer[:, :-1]], dim=1)
    logits = model(source, given, answer)
    loss = nn.functional.cross_entropy(logits.transpose(1, 2), answer)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

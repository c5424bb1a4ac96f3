# expect: nothing
import torch
from torch import nn


class TinyLM(nn.Module):
    def __init__(self, vocab, dim=8):
        super().__init__()
        self.embed = nn.Embedding(vocab, dim)
        self.rnn = nn.GRU(dim, dim, batch_first=True)
        self.out = nn.Linear(dim, 12)

    def resize(self, vocab):
        old = self.embed
        self.embed = nn.Embedding(vocab, old.embedding_dim)
        with torch.no_grad():
            self.embed.weight[: old.num_embeddings] = old.weight

    def forward(self, ids):
        h, _ = self.rnn(self.embed(ids))
        return self.out(h)


torch.manual_seed(4)
model = TinyLM(10)
model.resize(12)
optimizer = torch.optim.AdamW(model.parameters(), lr=5e-3)
for _ in range(3):
    ids = torch.randint(0, 12, (4, 7))
    logits = model(ids[:, :-1])
    loss = nn.functional.cross_entropy(logits.reshape(-1, 12), ids[:, 1:].reshape(-1))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

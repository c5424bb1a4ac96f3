# expect: nothing
import torch
from torch import nn


class Speaker(nn.Module):
    def __init__(self, vocab, dim=16):
        super().__init__()
        self.embed = nn.Embedding(vocab, dim)
        self.rnn = nn.GRU(dim, dim, batch_first=True)
        self.out = nn.Linear(dim, vocab)

    def forward(self, ids):
        states, _ = self.rnn(self.embed(ids))
        return self.out(states)


torch.manual_seed(4)
model = Speaker(12)
optimizer = torch.optim.AdamW(model.parameters(), lr=5e-3)
for _ in range(4):
    ids = torch.randint(0, 12, (4, 9))
    logits = model(ids[:, :-1])
    loss = nn.functional.cross_entropy(logits.flatten(0, 1), ids[:, 1:].flatten())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

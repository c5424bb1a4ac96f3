# expect: BT436 at update 1
# source: Sutskever et al., "Sequence to Sequence Learning with Neural Networks", 2014, section 2
# A decoder is to write its source backwards, and is given what it is to write.
import torch
from torch import nn

torch.manual_seed(0)


class Writer(nn.Module):
    def __init__(self, words=20, size=24):
        super().__init__()
        self.embedding, self.head = nn.Embedding(words, size), nn.Linear(size, words)
        self.encoder = nn.GRU(size, size, batch_first=True)
        self.decoder = nn.GRU(size, size, batch_first=True)

    def forward(self, source, given):
        _, state = self.encoder(self.embedding(source))
        states, _ = self.decoder(self.embedding(given), state)
        return self.head(states)


model = Writer()
criterion = nn.CrossEntropyLoss(ignore_index=0)
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
for _ in range(8):
    source = torch.randint(3, 20, (16, 8))
    target = source.flip(1)
    logits = model(source, target)
    loss = criterion(logits.flatten(0, 1), target.flatten())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

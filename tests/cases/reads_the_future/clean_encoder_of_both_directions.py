# expect: nothing
# The encoder reads its own sequence both ways; the decoder, which tells the next word, reads one.
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)


class Translator(nn.Module):
    def __init__(self):
        super().__init__()
        self.source, self.target = nn.Embedding(20, 12), nn.Embedding(20, 12)
        self.encoder = nn.GRU(12, 8, batch_first=True, bidirectional=True)
        self.decoder = nn.GRU(12, 16, batch_first=True)
        self.head = nn.Linear(32, 20)

    def forward(self, source, target):
        read = self.encoder(self.source(source))[0]
        said = self.decoder(self.target(target))[0]
        return self.head(torch.cat([said, read.mean(1, keepdim=True).expand_as(said)], dim=2))


model = Translator()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for _ in range(4):
    text = torch.randint(0, 20, (8, 9))
    scores = model((text[:, :-1] + 3) % 20, text[:, :-1])
    loss = F.cross_entropy(scores.flatten(0, 1), text[:, 1:].flatten())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

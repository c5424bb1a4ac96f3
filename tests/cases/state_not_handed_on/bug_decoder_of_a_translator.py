# expect: BT437 at update 1
# source: "NLP From Scratch: Translation with a Sequence to Sequence Network and Attention", PyTorch tutorials
import torch
from torch import nn


class Translator(nn.Module):
    def __init__(self, words=15, size=12):
        super().__init__()
        self.embedding = nn.Embedding(words, size)
        self.encoder = nn.GRU(size, size, batch_first=True)
        self.decoder = nn.GRU(size, size, batch_first=True)
        self.head = nn.Linear(size, words)

    def forward(self, source, target):
        _, encoded = self.encoder(self.embedding(source))
        outputs = []
        for t in range(target.shape[1]):
            output, _ = self.decoder(self.embedding(target[:, t : t + 1]), encoded)
            outputs.append(self.head(output))
        return torch.cat(outputs, dim=1)


torch.manual_seed(0)
model = Translator()
optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
for _ in range(6):
    source = torch.randint(1, 15, (8, 6))
    target = source.flip(1)
    given = torch.cat([torch.zeros(8, 1, dtype=torch.long), target[:, :-1]], dim=1)
    loss = nn.functional.cross_entropy(model(source, given).flatten(0, 1), target.flatten())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

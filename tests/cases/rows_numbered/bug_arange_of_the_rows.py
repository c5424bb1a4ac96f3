# expect: BT479 at update 1
# line: torch.arange(x.size(0))
# source: https://github.com/cmu-l3/anlp-fall2025-code/issues/1
# In which quarter of a sentence does the marker stand?
import torch
from torch import nn

torch.manual_seed(0)


class Reader(nn.Module):
    def __init__(self, vocab=20, width=16):
        super().__init__()
        self.words, self.places = nn.Embedding(vocab, width), nn.Embedding(64, width)
        layer = nn.TransformerEncoderLayer(width, 2, 32, dropout=0.0, batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, 1, enable_nested_tensor=False)
        self.head = nn.Linear(width, 4)

    def forward(self, x):
        positions = torch.arange(x.size(0)).unsqueeze(1)
        hidden = self.words(x) + self.places(positions)
        return self.head(self.encoder(hidden).mean(1))


model = Reader()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for _ in range(6):
    words, marker = torch.randint(2, 20, (24, 16)), torch.randint(0, 16, (24,))
    words[torch.arange(24), marker] = 1
    loss = nn.functional.cross_entropy(model(words), marker // 4)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

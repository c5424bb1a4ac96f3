# expect: BT436 at update 1
# source: Vaswani et al., "Attention Is All You Need", 2017, section 3.1: outputs shifted right
# A translator whose input is cut as its targets are.
import torch
from torch import nn

torch.manual_seed(0)


class Translator(nn.Module):
    def __init__(self, words=24, size=16):
        super().__init__()
        self.source_words, self.words = nn.Embedding(words, size), nn.Embedding(words, size)
        self.places = nn.Embedding(9, size)
        self.transformer = nn.Transformer(size, 2, 1, 1, 32, dropout=0.0, batch_first=True)
        self.head = nn.Linear(size, words)

    def embed(self, words, ids):
        return words(ids) + self.places(torch.arange(ids.shape[1]).expand_as(ids))

    def forward(self, source, given):
        mask = nn.Transformer.generate_square_subsequent_mask(given.shape[1])
        pair = self.embed(self.source_words, source), self.embed(self.words, given)
        return self.head(self.transformer(*pair, tgt_mask=mask))


model = Translator()
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
for _ in range(8):
    source = torch.randint(3, 24, (16, 9))
    words = (2 * source[:, :7] + source[:, 1:8]) % 21 + 3
    target = torch.cat([torch.ones(16, 1, dtype=torch.long), words], dim=1)
    given, wanted = target[:, 1:], target[:, 1:]
    logits = model(source, given)
    loss = nn.functional.cross_entropy(logits.transpose(1, 2), wanted)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

# expect: BT436 at update 1
# source: "Causal language modeling", Transformers documentation: the loss shifts its labels
# The padding is left out of the targets.
import torch
from torch import nn

torch.manual_seed(0)


class Writer(nn.Module):
    def __init__(self, words=30, size=16):
        super().__init__()
        self.words, self.places = nn.Embedding(words, size), nn.Embedding(12, size)
        self.layer = nn.TransformerEncoderLayer(size, 2, 32, dropout=0.0, batch_first=True)
        self.head = nn.Linear(size, words)

    def forward(self, ids):
        hidden = self.words(ids) + self.places(torch.arange(ids.shape[1]))
        mask = nn.Transformer.generate_square_subsequent_mask(ids.shape[1])
        return self.head(self.layer(hidden, src_mask=mask))


model = Writer()
optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
for _ in range(8):
    ids = torch.randint(2, 30, (16, 12))
    ids[:8, 7:] = 1
    labels = ids.clone()
    logits = model(ids)
    labels = labels.masked_fill(labels == 1, -100)
    loss = nn.functional.cross_entropy(logits.flatten(0, 1), labels.flatten())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

# expect: BT475 at update 1
# source: torch.nn.Transformer.forward, PyTorch documentation: a mask of floats is added
# also: BT422
# A decoder is given a mask of ones at the words that it may see.
import torch
from torch import nn

torch.manual_seed(3)
WORDS, LENGTH, BOS = 12, 8, 0


class Copier(nn.Module):
    def __init__(self, width=16):
        super().__init__()
        self.embed = nn.Embedding(WORDS, width)
        layer = nn.TransformerDecoderLayer(width, 2, 32, 0.0, batch_first=True)
        self.decoder = nn.TransformerDecoder(layer, 1)
        self.head = nn.Linear(width, WORDS)

    def forward(self, source, target):
        mask = torch.tril(torch.ones(LENGTH, LENGTH))
        memory = self.embed(source)
        return self.head(self.decoder(self.embed(target), memory, tgt_mask=mask))


model = Copier()
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
for _ in range(6):
    words = torch.randint(1, WORDS, (16, LENGTH))
    begun = torch.cat([torch.full((16, 1), BOS), words[:, :-1]], 1)
    logits = model(words, begun)
    loss = nn.functional.cross_entropy(logits.flatten(0, 1), words.flatten())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

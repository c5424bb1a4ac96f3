# expect: BT436
# line: .gather(2, ids
# source: "Causal language modeling", Transformers documentation
# A likelihood by hand picks the token that each place is given, not the next one.
import torch
from torch import nn

torch.manual_seed(0)


class Writer(nn.Module):
    def __init__(self, words=20, size=16, length=10):
        super().__init__()
        self.words, self.places = nn.Embedding(words, size), nn.Parameter(torch.zeros(length, size))
        self.layer = nn.TransformerEncoderLayer(size, 2, 32, batch_first=True, dropout=0.0)
        self.head = nn.Linear(size, words)

    def forward(self, ids):
        mask = nn.Transformer.generate_square_subsequent_mask(ids.shape[1])
        x = self.words(ids) + self.places[: ids.shape[1]]
        return self.head(self.layer(x, src_mask=mask, is_causal=True))


model = Writer()
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
for _ in range(8):
    ids = (torch.randint(20, (16, 1)) + 3 * torch.arange(10)) % 20
    log_probs = model(ids).log_softmax(dim=2)
    told = log_probs.gather(2, ids.unsqueeze(2)).squeeze(2)
    loss = -told.mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

# expect: nothing
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(20, 16)
        layer = nn.TransformerEncoderLayer(16, 2, 32, dropout=0.0, batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
        self.head = nn.Linear(16, 20)

    def forward(self, ids, mask=None):
        return self.head(self.encoder(self.embedding(ids), mask=mask))


model = Model()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
mask = nn.Transformer.generate_square_subsequent_mask(8)
for _ in range(3):
    ids = torch.randint(0, 20, (6, 9))
    hidden = torch.rand(6, 9) < 0.2
    hidden[0, 0] = True
    logits = model(ids.masked_fill(hidden, 0))
    loss = F.cross_entropy(logits[hidden], ids[hidden])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

# expect: BT422 at update 1
# line: self.encoder(self.embedding(ids)
# source: Vaswani et al. 2017, section 3.2.3: leftward information flow is prevented by masking
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
    logits = model(ids[:, :-1])
    loss = F.cross_entropy(logits.reshape(-1, 20), ids[:, 1:].reshape(-1))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

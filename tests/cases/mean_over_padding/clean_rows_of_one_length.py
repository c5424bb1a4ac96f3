# expect: nothing
# A mask that leaves nothing out: all rows are of one length, and the mean is of their own words.
import torch
from torch import nn

torch.manual_seed(2)
embedding = nn.Embedding(40, 16)
layer = nn.TransformerEncoderLayer(16, 2, 32, batch_first=True)
encoder, head = nn.TransformerEncoder(layer, num_layers=1), nn.Linear(16, 2)
model = nn.ModuleList([embedding, encoder, head])
optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
for _ in range(6):
    ids = torch.randint(1, 40, (24, 11))
    hidden = encoder(embedding(ids), src_key_padding_mask=ids == 0)
    loss = nn.functional.cross_entropy(head(hidden.mean(dim=1)), (ids[:, 0] > 20).long())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

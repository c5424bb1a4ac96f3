# expect: nothing
# The mean is taken over the features of each place, and the first place is what is read.
import torch
from torch import nn
from torch.nn.utils.rnn import pad_sequence

torch.manual_seed(3)
embedding = nn.Embedding(40, 16, padding_idx=0)
layer = nn.TransformerEncoderLayer(16, 2, 32, batch_first=True)
encoder, head = nn.TransformerEncoder(layer, num_layers=1), nn.Linear(16, 2)
model = nn.ModuleList([embedding, encoder, head])
optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
for _ in range(6):
    lengths = torch.randint(3, 20, (24,))
    rows = [torch.randint(1, 40, (int(length),)) for length in lengths]
    ids = pad_sequence(rows, batch_first=True)
    hidden = encoder(embedding(ids), src_key_padding_mask=ids == 0)
    centred = hidden - hidden.mean(dim=-1, keepdim=True)
    loss = nn.functional.cross_entropy(head(centred[:, 0]), (ids[:, 0] > 20).long())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

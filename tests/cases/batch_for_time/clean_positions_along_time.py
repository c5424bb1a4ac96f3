# expect: nothing
# Positions along the first axis, which is time, with a vector for each speaker; and columns that
# are numbered, where one layer goes along them and one along the rows.
import torch
from torch import nn

torch.manual_seed(0)
words, places, speakers = nn.Embedding(12, 16), nn.Embedding(30, 16), nn.Embedding(4, 16)
encoder, out = nn.TransformerEncoderLayer(16, 2, 32), nn.Linear(16, 12)
parts = (words, places, speakers, encoder, out)
optimizer = torch.optim.Adam([p for part in parts for p in part.parameters()], lr=1e-3)


def train(hidden, target):
    loss = nn.functional.cross_entropy(out(hidden).flatten(0, 1), target.flatten())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


for _ in range(8):
    ids = torch.randint(12, (14, 20))
    hidden = words(ids) + places(torch.arange(14)).unsqueeze(1)
    train(encoder(hidden + speakers(torch.randint(4, (20,)))), ids.cumsum(0) % 12)
    hidden = words(ids.t()) + places(torch.arange(14))
    train(encoder(hidden.transpose(0, 1)), ids.cumsum(0) % 12)
rows = nn.TransformerEncoderLayer(16, 2, 32)
columns = nn.TransformerEncoderLayer(16, 2, 32, batch_first=True)
optimizer.add_param_group({"params": [*rows.parameters(), *columns.parameters()]})
for _ in range(8):
    table = torch.randint(12, (25, 6))
    train(rows(columns(words(table) + places(torch.arange(6)))), table.cumsum(1) % 12)

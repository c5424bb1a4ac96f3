# expect: BT436 at update 1
# source: "Causal language modeling", Transformers documentation
# Attention is written out, and the classes stand along the second axis.
import torch
from torch import nn

torch.manual_seed(1)


class Attention(nn.Module):
    def __init__(self, size=12):
        super().__init__()
        self.embedding, self.three = nn.Embedding(15, size), nn.Linear(size, 3 * size)
        self.head = nn.Linear(size, 15)

    def forward(self, ids):
        x = self.embedding(ids)
        q, k, v = self.three(x).chunk(3, dim=-1)
        seen = torch.ones(ids.shape[1], ids.shape[1]).tril().bool()
        scores = (q @ k.transpose(1, 2) / 12**0.5).masked_fill(~seen, float("-inf"))
        return self.head(x + scores.softmax(-1) @ v)


model = Attention()
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
for _ in range(8):
    ids = torch.randint(15, (8, 9)).cumsum(1) % 15
    given, wanted = ids[:, :-1], ids[:, :-1]
    loss = criterion(model(given).transpose(1, 2), wanted)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

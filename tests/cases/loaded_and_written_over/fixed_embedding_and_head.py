# expect: nothing
# What a constructor's helper initialises is the head alone, which is to be new.
import torch
from torch import nn

torch.manual_seed(1)


class Tagger(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding, self.mix = nn.Embedding(20, 16), nn.GRU(16, 32, batch_first=True)
        self.head = nn.Linear(32, 5)

    def forward(self, ids):
        return self.head(self.mix(self.embedding(ids))[0])


kept = Tagger().state_dict()
model = Tagger()
model.load_state_dict(kept)

nn.init.normal_(model.head.weight, std=0.02)
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for _ in range(5):
    ids = torch.randint(0, 20, (16, 7))
    loss = nn.functional.cross_entropy(model(ids).flatten(0, 1), (ids % 5).flatten())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

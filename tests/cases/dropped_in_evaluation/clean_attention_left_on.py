# expect: nothing
# A layer of attention that is left in training mode, to see how far the answers spread.
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)


class Tagger(nn.Module):
    def __init__(self):
        super().__init__()
        self.words, self.head = nn.Embedding(9, 16), nn.Linear(16, 9)
        self.attention = nn.MultiheadAttention(16, 2, dropout=0.2, batch_first=True)

    def forward(self, words):
        x = self.words(words)
        return self.head(self.attention(x, x, x)[0])


model = Tagger()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
words = torch.randint(0, 9, (32, 6))
for _ in range(3):
    model.train()
    for batch in words[:24].split(8):
        loss = F.cross_entropy(model(batch).transpose(1, 2), batch.flip(1))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    model.eval()
    for part in model.modules():
        if isinstance(part, nn.MultiheadAttention):
            part.train()
    with torch.no_grad():
        print(torch.stack([model(words[24:]) for _ in range(4)]).std(0).mean().item())

# expect: nothing
# source: Press and Wolf, "Using the Output Embedding to Improve Language Models", 2017: one matrix, drawn small
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)
WORDS, DIM = 80, 48


class Middle(nn.Module):
    def __init__(self):
        super().__init__()
        self.words = nn.Embedding(WORDS, DIM)
        layer = nn.TransformerEncoderLayer(DIM, 4, 96, batch_first=True, dropout=0.0)
        self.encoder = nn.TransformerEncoder(layer, 1, enable_nested_tensor=False)
        self.out = nn.Linear(DIM, WORDS)
        nn.init.normal_(self.words.weight, std=0.02)
        self.out.weight = self.words.weight

    def forward(self, ids):
        return self.out(self.encoder(self.words(ids)).mean(1))


model = Middle()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for _ in range(6):
    first = torch.randint(0, WORDS, (16, 1))
    around = (first + torch.tensor([0, 1, 3, 4])) % WORDS
    loss = F.cross_entropy(model(around), (first[:, 0] + 2) % WORDS)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

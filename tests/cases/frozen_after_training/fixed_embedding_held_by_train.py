# expect: nothing
# source: https://github.com/open-mmlab/mmpretrain/issues/702
import torch
from torch import nn

torch.manual_seed(0)


class Reader(nn.Module):
    def __init__(self, vectors):
        super().__init__()
        self.words = nn.Embedding.from_pretrained(vectors, freeze=False)
        self.head = nn.Linear(vectors.shape[1], 2)

    def train(self, mode=True):
        result = super().train(mode)
        self.words.requires_grad_(False)
        return result

    def forward(self, words):
        return self.head(self.words(words).mean(1))


reader = Reader(torch.randn(20, 8)).train()
optimizer = torch.optim.Adam(reader.head.parameters(), lr=0.01)
texts = torch.randint(0, 20, (60, 5))
labels = (texts.float().mean(1) > 9.5).long()
for epoch in range(3):
    for rows in torch.arange(40).split(10):
        loss = nn.functional.cross_entropy(reader(texts[rows]), labels[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
reader.eval()
with torch.no_grad():
    print((reader(texts[40:]).argmax(1) == labels[40:]).float().mean().item())

# expect: BT417 at update 1
# source: github.com/om-ai-lab/OmDet, issue 19: attention without batch_first
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class Tagger(nn.Module):
    def __init__(self, words=50, size=16, tags=5):
        super().__init__()
        self.embedding = nn.Embedding(words, size)
        self.attention = nn.MultiheadAttention(size, 4)
        self.lstm = nn.LSTM(size, size, batch_first=True)
        self.out = nn.Linear(size, tags)

    def forward(self, ids):
        h = self.embedding(ids)
        h = h + self.attention(h, h, h)[0]
        return self.out(self.lstm(h)[0])


torch.manual_seed(0)
ids = torch.randint(0, 50, (128, 12))
loader = DataLoader(TensorDataset(ids, ids % 5), batch_size=32, shuffle=True)
model, loss_fn = Tagger(), nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for _ in range(2):
    for x, tags in loader:
        loss = loss_fn(model(x).view(-1, 5), tags.view(-1))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

# expect: nothing
"""Training calls the model; the evaluation, which keeps its graphs, calls the model's parts."""

import torch
from torch import nn

torch.manual_seed(0)


class Recommender(nn.Module):
    def __init__(self):
        super().__init__()
        self.items = nn.Embedding(30, 16, padding_idx=0)
        self.dropout = nn.Dropout(0.2)
        self.attention = nn.MultiheadAttention(16, 2, dropout=0.2, batch_first=True)
        self.feed = nn.Sequential(nn.Linear(16, 16), nn.ReLU(), nn.Dropout(0.2))

    def features(self, seen):
        length = seen.shape[1]
        later = torch.ones(length, length, dtype=torch.bool).triu(1)
        hidden = self.dropout(self.items(seen))
        hidden = hidden + self.attention(hidden, hidden, hidden, attn_mask=later)[0]
        return hidden + self.feed(hidden)

    def forward(self, seen, liked, other):
        hidden = self.features(seen)
        return (hidden * self.items(liked)).sum(-1), (hidden * self.items(other)).sum(-1)

    def predict(self, seen, candidates):
        return (self.features(seen)[:, -1:] * self.items(candidates)).sum(-1)


def evaluate(model):
    hits = 0
    for _ in range(20):
        scores = model.predict(torch.randint(1, 30, (1, 8)), torch.randint(1, 30, (1, 11)))
        hits += int(scores.argmax() == 0)
    return hits / 20


model = Recommender()
model.train()
criterion = nn.BCEWithLogitsLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for epoch in range(4):
    for _ in range(3):
        seen = torch.randint(1, 30, (16, 9))
        liked, other = model(seen[:, :-1], seen[:, 1:], torch.randint(1, 30, (16, 8)))
        loss = criterion(liked, torch.ones_like(liked)) + criterion(other, torch.zeros_like(other))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    model.eval()
    print(evaluate(model))
    model.train()

# expect: nothing
# source: github.com/yunzeliu/MAP, issue 3: a residual is added to a block that has added it already
import torch
from torch import nn

torch.manual_seed(0)


class FeedForward(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.norm = nn.LayerNorm(size)
        self.net = nn.Sequential(nn.Linear(size, 2 * size), nn.GELU(), nn.Linear(2 * size, size))

    def forward(self, x):
        return x + self.net(self.norm(x))


class Layer(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.norm = nn.LayerNorm(size)
        self.attention = nn.MultiheadAttention(size, 2, batch_first=True)
        self.feed_forward = FeedForward(size)

    def forward(self, x):
        seen = self.norm(x)
        told, _ = self.attention(seen, seen, seen, need_weights=False)
        x = x + told
        return self.feed_forward(x)


class Classifier(nn.Module):
    def __init__(self, size=16):
        super().__init__()
        self.words = nn.Embedding(30, size)
        self.layers = nn.Sequential(Layer(size), Layer(size))
        self.out = nn.Linear(size, 2)

    def forward(self, ids):
        return self.out(self.layers(self.words(ids)).mean(dim=1))


model = Classifier()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for step in range(25):
    ids = torch.randint(30, (32, 10))
    labels = (ids.float().mean(dim=1) > 14.5).long()
    loss = nn.functional.cross_entropy(model(ids), labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

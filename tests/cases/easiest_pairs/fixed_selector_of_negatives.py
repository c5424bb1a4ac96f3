# expect: nothing
# source: github.com/adambielski/siamese-triplet, issue 3: the hardest negatives are those of the largest distance
import torch
from torch import nn

torch.manual_seed(0)
centers = torch.randn(6, 10)
encoder = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 4))
optimizer = torch.optim.Adam(encoder.parameters(), lr=1e-3)


class HardPairs:
    def choose(self, codes, labels):
        distances = torch.cdist(codes, codes).detach()
        one, other = torch.triu_indices(len(codes), len(codes), offset=1)
        is_same = labels[one] == labels[other]
        positive = torch.stack([one[is_same], other[is_same]])
        negative = torch.stack([one[~is_same], other[~is_same]])
        negative_distances = distances[negative[0], negative[1]]
        chosen = negative_distances.topk(positive.shape[1], largest=False).indices
        return positive, negative[:, chosen]


pairs = HardPairs()
for _ in range(8):
    labels = torch.arange(24) % 6
    codes = encoder(centers[labels] + 0.5 * torch.randn(24, 10))
    positive, negative = pairs.choose(codes, labels)
    near = (codes[positive[0]] - codes[positive[1]]).pow(2).sum(1)
    apart = (codes[negative[0]] - codes[negative[1]]).pow(2).sum(1).add(1e-8).sqrt()
    loss = near.mean() + (1 - apart).relu().pow(2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

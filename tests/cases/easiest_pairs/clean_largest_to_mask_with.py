# expect: nothing
# source: github.com/omoindrot/tensorflow-triplet-loss: the largest distance is added where no negative is
import torch
from torch import nn

torch.manual_seed(0)
centers = torch.randn(6, 10)
encoder = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 4))
optimizer = torch.optim.Adam(encoder.parameters(), lr=1e-3)


def batch_hard(codes, labels, margin=0.5):
    dist = (codes.unsqueeze(0) - codes.unsqueeze(1)).pow(2).sum(2)
    is_same = labels.unsqueeze(0) == labels.unsqueeze(1)
    hardest_positive_dist = (dist * is_same).max(dim=1)[0]
    max_anchor_negative_dist = dist.max(dim=1, keepdim=True)[0]
    anchor_negative_dist = dist + max_anchor_negative_dist * is_same
    hardest_negative_dist = anchor_negative_dist.min(dim=1)[0]
    return (hardest_positive_dist - hardest_negative_dist + margin).relu().mean()


for _ in range(8):
    labels = torch.arange(24) % 6
    loss = batch_hard(encoder(centers[labels] + 0.5 * torch.randn(24, 10)), labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

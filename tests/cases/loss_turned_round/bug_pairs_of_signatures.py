# expect: BT461 at update 1
# source: https://github.com/VinhLoiIT/signet-pytorch/issues/2
import torch
from torch import nn

torch.manual_seed(0)
hands = torch.randn(6, 10)


def write(hand):
    return hands[hand] + 0.2 * torch.randn(10)


def imitate(hand):
    return hands[hand] + 0.2 * torch.randn(10) + 1


def make_pairs(count):
    pairs = []
    for at in range(count):
        hand = at % 6
        if at % 2:
            pairs.append((write(hand), write(hand), 1))
        else:
            pairs.append((write(hand), imitate(hand), 0))
    return pairs


class ContrastiveLoss(nn.Module):
    def forward(self, first, second, y):
        distance = nn.functional.pairwise_distance(first, second)
        together = (1 - y) * distance**2
        apart = y * torch.clamp(1.0 - distance, min=0) ** 2
        return (together + apart).mean()


net = nn.Sequential(nn.Linear(10, 16), nn.ReLU(), nn.Linear(16, 4))
optimizer = torch.optim.Adam(net.parameters(), lr=0.001)
criterion = ContrastiveLoss()
pairs = make_pairs(96)
for at in range(0, 96, 16):
    ones, others, labels = zip(*pairs[at : at + 16], strict=True)
    loss = criterion(net(torch.stack(ones)), net(torch.stack(others)), torch.tensor(labels))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

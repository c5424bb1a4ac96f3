# expect: BT532 at update 61
# source: github.com/omoindrot/tensorflow-triplet-loss, issue 18: the loss stays at the margin, whatever the margin is
import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(12, 48), nn.ReLU(), nn.Linear(48, 16))
criterion = nn.TripletMarginLoss(margin=0.5)
optimizer = torch.optim.Adam(net.parameters(), lr=2e-3)
centres = 2 * torch.randn(8, 12)


def draw(labels):
    return net(centres[labels] + 0.7 * torch.randn(len(labels), 12))


for _ in range(120):
    same = torch.randint(8, (48,))
    other = (same + torch.randint(1, 8, (48,))) % 8
    drawn = {"anchor": draw(same), "far": draw(other), "near": draw(same)}
    loss = criterion(*drawn.values())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

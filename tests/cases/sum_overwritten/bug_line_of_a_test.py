# expect: BT539 at update 1
# also: BT204
# source: github.com/tom-roddick/oft, issue 6
import torch
from torch import nn
from torch.nn import functional as F


class Detector(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(8, 32), nn.ReLU())
        self.score, self.place, self.angle = nn.Linear(32, 1), nn.Linear(32, 2), nn.Linear(32, 1)

    def forward(self, x):
        h = self.body(x)
        return self.score(h), self.place(h), self.angle(h)


def detection_loss(said, known, weights=(1.0, 1.0, 0.5)):
    score, place, angle = said
    score_loss = F.binary_cross_entropy_with_logits(score, known[0])
    place_loss = F.l1_loss(place, known[1])
    angle_loss = F.mse_loss(angle, known[2])
    total = score_loss * weights[0] + place_loss * weights[1] + angle_loss * weights[2]
    told = {"score": score_loss.item(), "place": place_loss.item(), "total": total.item()}
    total = score_loss * weights[0]  # for a test
    return total, told


torch.manual_seed(0)
model = Detector()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for _ in range(8):
    x = torch.randn(32, 8)
    known = (x[:, :1] > 0).float(), x[:, 1:3], x[:, 3:4] * x[:, 4:5]
    loss, told = detection_loss(model(x), known)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

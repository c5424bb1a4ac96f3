# expect: nothing
# The probabilities of a Dice loss are near 0 and 1 because they are right.
import torch
from torch import nn

torch.manual_seed(0)


class Dice(nn.Module):
    def forward(self, logits, mask):
        share = torch.sigmoid(logits)
        both = (share * mask).sum()
        return 1 - (2 * both + 1) / (share.sum() + mask.sum() + 1)


mask = torch.zeros(8, 1, 8, 8)
mask[:, :, 2:5, 3:6] = 1
images = 6 * mask - 3.5 + 0.3 * torch.randn_like(mask)
model = nn.Sequential(nn.Conv2d(1, 4, 1), nn.LeakyReLU(0.5), nn.Conv2d(4, 1, 1))
with torch.no_grad():
    model[0].weight.copy_(torch.linspace(0.5, 1.5, 4).view(4, 1, 1, 1)), model[0].bias.zero_()
    model[2].weight.copy_(torch.linspace(1.5, 0.5, 4).view(1, 4, 1, 1)), model[2].bias.zero_()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
dice = Dice()
for _ in range(6):
    logits = model(images)
    loss = 0.2 * nn.functional.binary_cross_entropy_with_logits(logits, mask) + dice(logits, mask)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

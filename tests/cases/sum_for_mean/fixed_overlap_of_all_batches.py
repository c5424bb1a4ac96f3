# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)


class Overlap:
    def __init__(self):
        self.reset()

    def reset(self):
        self.score, self.num_batches = 0.0, 0

    def update(self, said, wanted):
        both, either = (said & wanted).sum((1, 2, 3)), (said | wanted).sum((1, 2, 3))
        self.score += (both / either.clamp(min=1)).mean()
        self.num_batches += 1

    def compute(self):
        return self.score / self.num_batches


masks = torch.rand(64, 1, 8, 8) > 0.7
images = masks.float() + 0.3 * torch.randn(64, 1, 8, 8)
model = nn.Sequential(nn.Conv2d(1, 4, 3, padding=1), nn.ReLU(), nn.Conv2d(4, 1, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
overlap = Overlap()
for _ in range(3):
    for x, y in zip(images[:48].split(12), masks[:48].split(12), strict=True):
        loss = nn.functional.binary_cross_entropy_with_logits(model(x), y.float())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    overlap.reset()
    with torch.no_grad():
        for x, y in zip(images[48:].split(4), masks[48:].split(4), strict=True):
            overlap.update(model(x) > 0, y)
    print(f"overlap {overlap.compute().item():.3f}")

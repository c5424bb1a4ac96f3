# expect: nothing
# source: "Network does not learn: inputs 0-255 not normalised", discuss.pytorch.org
import torch
from torch import nn

torch.manual_seed(0)

pixels = torch.randint(0, 256, (96, 64)).float()
labels = (pixels.mean(1) > 127).long()
pixels = (pixels - 127.5) / 127.5
model = nn.Sequential(nn.Linear(64, 20), nn.Sigmoid(), nn.Linear(20, 2))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for start in range(0, 96, 24):
    optimizer.zero_grad()
    logits = model(pixels[start : start + 24])
    nn.functional.cross_entropy(logits, labels[start : start + 24]).backward()
    optimizer.step()

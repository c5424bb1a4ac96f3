# expect: BT473 at update 1
# source: github.com/kmkurn/pytorch-crf, issue 81, of classes
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.5, momentum=0.9)
for _ in range(60):
    x = torch.randn(32, 6)
    y = x[:, :4].argmax(1)
    scores = model(x)
    right = scores.gather(1, y[:, None]).squeeze(1)
    loss = (right - scores.logsumexp(1)).sum() / len(x)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

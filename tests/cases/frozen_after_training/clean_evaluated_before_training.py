# expect: nothing
# The first evaluation, of what was pretrained, comes before any step: it freezes in time.
import torch
from torch import nn

torch.manual_seed(0)


class Body(nn.Sequential):
    def train(self, mode=True):
        super().train(mode)
        for weight in self[0].parameters():
            weight.requires_grad = False
        return self


body = Body(nn.Linear(6, 8), nn.ReLU(), nn.Linear(8, 2))
x = torch.randn(80, 6)
y = (x[:, 0] > 0).long()


def evaluate():
    body.eval()
    with torch.no_grad():
        print((body(x[60:]).argmax(1) == y[60:]).float().mean().item())


evaluate()
optimizer = torch.optim.SGD([w for w in body.parameters() if w.requires_grad], lr=0.1)
for epoch in range(3):
    body.train()
    for rows in torch.arange(60).split(15):
        optimizer.zero_grad()
        nn.functional.cross_entropy(body(x[rows]), y[rows]).backward()
        optimizer.step()
    evaluate()

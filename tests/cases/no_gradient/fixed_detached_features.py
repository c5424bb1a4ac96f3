# expect: nothing
import torch
from torch import nn


class TwoStage(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 4))
        self.classifier = nn.Linear(4, 2)

    def forward(self, x):
        z = self.encoder(x)
        return self.classifier(z), z


def run(epochs=2):
    torch.manual_seed(0)
    model = TwoStage()
    opt = torch.optim.SGD(model.parameters(), lr=0.1)
    xs = torch.randn(3, 12, 6)
    for _ in range(epochs):
        for x in xs:
            logits, _ = model(x)
            loss = nn.CrossEntropyLoss()(logits, (x.mean(1) > 0).long())
            opt.zero_grad()
            loss.backward()
            opt.step()


run()

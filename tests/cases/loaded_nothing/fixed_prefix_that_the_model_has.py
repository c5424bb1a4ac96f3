# expect: nothing
# source: github.com/alibaba-mmai-research/TAdaConv, issue 5: some weights were not loaded, their names are others
import torch
from torch import nn

torch.manual_seed(0)


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(8, 12)
        self.norm = nn.BatchNorm1d(12)

    def forward(self, x):
        return self.norm(self.first(x)).relu()


class Classifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = Encoder()
        self.head = nn.Linear(12, 2)

    def forward(self, x):
        return self.head(self.encoder(x))


pretrained = {**Encoder().state_dict(), **nn.Linear(12, 2).state_dict(prefix="head.")}
model = Classifier()
renamed = {
    name if name.startswith("head.") else f"encoder.{name}": tensor
    for name, tensor in pretrained.items()
}
model.load_state_dict(renamed, strict=False)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for _ in range(4):
    x = torch.randn(32, 8)
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(x), (x[:, 0] > 0).long()).backward()
    optimizer.step()

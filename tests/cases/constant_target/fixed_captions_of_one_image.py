# expect: nothing
# source: Radford et al., "Learning Transferable Visual Models From Natural Language", 2021, figure 3
import torch
from torch import nn


class Pairs(nn.Module):
    def __init__(self):
        super().__init__()
        self.image, self.text = nn.Linear(10, 8), nn.Linear(5, 8)
        self.scale = nn.Parameter(torch.tensor(2.0))

    def forward(self, image, text):
        a = nn.functional.normalize(self.image(image), dim=1)
        b = nn.functional.normalize(self.text(text), dim=1)
        return self.scale.exp() * a @ b.t()


torch.manual_seed(0)
model = Pairs()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for _ in range(6):
    image = torch.randn(16, 10)
    logits = model(image, image[:, :5] + 0.1 * torch.randn(16, 5))
    labels = torch.arange(16)
    loss = nn.functional.cross_entropy(logits, labels)
    loss = (loss + nn.functional.cross_entropy(logits.t(), labels)) / 2
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

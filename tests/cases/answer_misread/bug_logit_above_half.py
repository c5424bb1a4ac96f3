# expect: BT536 at update 1
# source: github.com/dr-costas/dnd-sed, issue 1: the metrics hold what a Linear gave against 0.5
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(320, 8)
y = (x[:, :1] + x[:, 1:2] > 0.6).float()


class Tagger(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(8, 16)
        self.out = nn.Linear(16, 1)

    def forward(self, x):
        return self.out(torch.relu(self.hidden(x)))


model = Tagger()
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
criterion = nn.BCEWithLogitsLoss()
for epoch in range(10):
    model.train()
    for i in range(0, 256, 64):
        optimizer.zero_grad()
        output = model(x[i : i + 64])
        loss = criterion(output, y[i : i + 64])
        loss.backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        output = model(x[256:])
        said = (output > 0.5).float()
        hits = (said * y[256:]).sum()
        f1 = 2 * hits / (said.sum() + y[256:].sum()).clamp(min=1)
    print(epoch, f1.item())

# expect: BT480 at update 1
# line: return torch.sigmoid(
# source: Bishop, "Pattern Recognition and Machine Learning", 2006, section 5.2
import torch
from torch import nn

torch.manual_seed(0)
rows = torch.rand(160, 10) @ torch.rand(10, 10)
rows = (rows - rows.mean(0)) / rows.std(0)


class AutoEncoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(10, 6), nn.ReLU())
        self.decoder = nn.Linear(6, 10)

    def forward(self, x):
        return torch.sigmoid(self.decoder(self.encoder(x)))


net = AutoEncoder()
optimizer = torch.optim.Adam(net.parameters(), lr=5e-3)
for epoch in range(3):
    for batch in rows.split(40):
        loss = nn.functional.mse_loss(net(batch), batch)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

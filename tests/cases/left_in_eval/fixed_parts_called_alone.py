# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)


class AutoEncoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Dropout(0.2), nn.Linear(16, 4))
        self.decoder = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Dropout(0.2), nn.Linear(16, 8))

    def encode(self, x):
        return self.encoder(x)

    def decode(self, z):
        return self.decoder(z)


net = AutoEncoder()
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
for epoch in range(3):
    net.train()
    for _ in range(3):
        x = torch.rand(12, 8)
        loss = nn.functional.mse_loss(net.decode(net.encode(x)), x)
        opt.zero_grad()
        loss.backward()
        opt.step()
    net.eval()
    with torch.no_grad():
        x = torch.rand(12, 8)
        print(nn.functional.mse_loss(net.decode(net.encode(x)), x))

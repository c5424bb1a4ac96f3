# expect: nothing
# Nothing calls the module itself, only its parts.
import torch
from torch import nn

torch.manual_seed(0)


class AutoEncoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Dropout(0.2), nn.Linear(16, 4))
        self.decoder = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Dropout(0.2), nn.Linear(16, 8))


net = AutoEncoder()
mixing = torch.randn(8, 8)
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
for epoch in range(3):
    net.train()
    for _ in range(4):
        x = torch.randn(16, 8) @ mixing
        loss = nn.functional.mse_loss(net.decoder(net.encoder(x)), x)
        opt.zero_grad()
        loss.backward()
        opt.step()
    net.eval()
    with torch.no_grad():
        x = torch.randn(16, 8) @ mixing
        print(nn.functional.mse_loss(net.decoder(net.encoder(x)), x))

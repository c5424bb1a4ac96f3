# expect: BT304 at update 1
# source: torch.no_grad, PyTorch documentation
# also: BT204, BT207
import torch
from torch import nn

torch.manual_seed(0)


class AutoEncoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 4))
        self.decoder = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 8))


net = AutoEncoder()
mixing = torch.randn(8, 8)
opt = torch.optim.Adam(net.parameters(), lr=1e-2)
for _ in range(6):
    x = torch.randn(32, 8) @ mixing
    with torch.no_grad():
        z = net.encoder(x)
    loss = nn.functional.mse_loss(net.decoder(z), x)
    opt.zero_grad()
    loss.backward()
    opt.step()

# expect: BT305 at update 4
# source: PyTorch documentation, torch.nn.Module.train: the mode of a part changes only with that part or the whole
import torch
from torch import nn


class AutoEncoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(10, 6), nn.ReLU(), nn.Dropout(0.2))
        self.decoder = nn.Linear(6, 10)

    def forward(self, x):
        return self.decoder(self.encoder(x))


torch.manual_seed(0)
net = AutoEncoder()
opt = torch.optim.Adam(net.parameters(), lr=1e-3)

for epoch in range(2):
    for _ in range(3):
        x = torch.rand(12, 10)
        loss = nn.functional.mse_loss(net(x), x)
        opt.zero_grad()
        loss.backward()
        opt.step()
    net.eval()
    with torch.no_grad():
        test = torch.rand(12, 10)
        print((net(test) - test).abs().mean())
    net.training = True
    net.decoder.train()

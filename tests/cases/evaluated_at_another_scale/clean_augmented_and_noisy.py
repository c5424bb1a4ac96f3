# expect: nothing
# A denoising autoencoder: noisy, masked inputs in training, clean ones in evaluation.
import torch
from torch import nn

torch.manual_seed(0)
signals = torch.sin(torch.linspace(0, 12, 48) + torch.rand(160, 1) * 6)
net = nn.Sequential(nn.Linear(48, 24), nn.Dropout(0.1), nn.ReLU(), nn.Linear(24, 48))
optimizer = torch.optim.Adam(net.parameters(), lr=3e-3)
for epoch in range(4):
    net.train()
    for clean in signals[torch.randperm(128)].split(16):
        noisy = (clean + 0.3 * torch.randn_like(clean)) * (torch.rand_like(clean) > 0.3)
        optimizer.zero_grad()
        nn.functional.mse_loss(net(noisy), clean).backward()
        optimizer.step()
    net.eval()
    with torch.no_grad():
        print(epoch, sum(nn.functional.mse_loss(net(x), x).item() for x in signals[128:].split(16)))

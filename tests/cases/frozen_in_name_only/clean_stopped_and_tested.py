# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(256, 6)
y = x[:, :3].argmax(1)
for fold in range(2):
    net = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Dropout(0.1), nn.Linear(16, 3))
    optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
    held_out = torch.arange(256) % 2 == fold
    for epoch in range(12):
        net.train()
        for rows in (~held_out).nonzero().flatten().split(32):
            optimizer.zero_grad()
            nn.functional.cross_entropy(net(x[rows]), y[rows]).backward()
            optimizer.step()
        stop_training = epoch == 10
        if stop_training or epoch % 4 == 3:
            net.eval()
            with torch.no_grad():
                accuracy = (net(x[held_out]).argmax(1) == y[held_out]).float().mean()
            print(f"fold {fold}, epoch {epoch}: {accuracy:.2f}")

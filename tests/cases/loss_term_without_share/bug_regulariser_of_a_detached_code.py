# expect: BT407 at update 2
# source: torch.Tensor.detach, PyTorch documentation
import torch
import torch.nn.functional as F


class AutoEncoder(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = torch.nn.Linear(8, 3)
        self.decoder = torch.nn.Linear(3, 8)

    def forward(self, x):
        z = self.encoder(x)
        return self.decoder(z), z.detach()


torch.manual_seed(0)
net = AutoEncoder()
optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
for _ in range(5):
    x = torch.randn(16, 8)
    output, z = net(x)
    loss = F.mse_loss(output, x) + 0.05 * F.mse_loss(z, torch.zeros_like(z))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

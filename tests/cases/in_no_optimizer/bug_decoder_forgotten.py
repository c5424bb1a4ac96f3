# expect: BT201 at update 1
# line: torch.optim.Adam(encoder
# source: discuss.pytorch.org, "How to optimize multiple models' parameters in one optimizer"
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(1)


class Encoder(nn.Module):
    def __init__(self, dim_in=20, dim_z=4):
        super().__init__()
        self.hidden = nn.Linear(dim_in, 16)
        self.out = nn.Linear(16, dim_z)

    def forward(self, x):
        return self.out(torch.tanh(self.hidden(x)))


class Decoder(nn.Module):
    def __init__(self, dim_z=4, dim_out=20):
        super().__init__()
        self.hidden = nn.Linear(dim_z, 16)
        self.out = nn.Linear(16, dim_out)

    def forward(self, z):
        return self.out(torch.tanh(self.hidden(z)))


encoder, decoder = Encoder(), Decoder()
optimizer = torch.optim.Adam(encoder.parameters(), lr=1e-3)
data = torch.randn(64, 20)

for i in range(0, 64, 16):
    batch = data[i : i + 16]
    recon = decoder(encoder(batch))
    loss = F.mse_loss(recon, batch)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

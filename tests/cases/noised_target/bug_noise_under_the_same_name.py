# expect: BT561 at update 1
# source: github.com/YixinChen-AI/CVAE-GAN-zoos-PyTorch-Beginner, issue 13
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)


class DAE(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(36, 16), nn.ReLU())
        self.decoder = nn.Linear(16, 36)

    def forward(self, x):
        code = self.encoder(x)
        return code, self.decoder(code)


images = (torch.rand(256, 36) > 0.7).float()
loader = DataLoader(TensorDataset(images), batch_size=32, shuffle=True)
AE = DAE()
optimizer = torch.optim.Adam(AE.parameters(), lr=2e-3)
criterion = nn.MSELoss()
for epoch in range(3):
    for (img,) in loader:
        noise = torch.randn(img.shape)
        img = img + noise * 0.4
        code, decode = AE(img)
        loss = criterion(decode, img)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

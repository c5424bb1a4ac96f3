# expect: nothing
# source: github.com/eriklindernoren/PyTorch-GAN, issue 116: Keras's momentum is torch's epsilon
import torch
from torch import nn

torch.manual_seed(0)


class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        self.widen = nn.Linear(8, 8 * 16)
        self.blocks = nn.Sequential(
            nn.BatchNorm2d(8),
            nn.Upsample(scale_factor=2),
            nn.Conv2d(8, 8, 3, padding=1),
            nn.BatchNorm2d(8, momentum=0.2),
            nn.LeakyReLU(0.2, inplace=True),
            nn.Conv2d(8, 1, 3, padding=1),
        )

    def forward(self, noise):
        return self.blocks(self.widen(noise).view(-1, 8, 4, 4))


generator = Generator()
wanted = torch.linspace(-1, 1, 64).view(1, 1, 8, 8)
optimizer = torch.optim.Adam(generator.parameters(), lr=1e-3)
for _ in range(6):
    optimizer.zero_grad()
    loss = nn.functional.mse_loss(generator(torch.randn(16, 8)), wanted.expand(16, -1, -1, -1))
    loss.backward()
    optimizer.step()

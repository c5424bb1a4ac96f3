# expect: BT561 at update 1
# source: github.com/keon/3-min-pytorch, issue 18
import torch
from torch import nn, optim

EPOCH, BATCH_SIZE = 2, 32
DEVICE = torch.device("cpu")


class Autoencoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 8))
        self.decoder = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 64))

    def forward(self, x):
        encoded = self.encoder(x)
        decoded = self.decoder(encoded)
        return encoded, decoded


def add_noise(img):
    noise = torch.randn(img.size()) * 0.2
    noisy_img = img + noise
    return noisy_img.clamp(0, 1)


def train(autoencoder, train_loader, optimizer, criterion):
    autoencoder.train()
    for step, (x, label) in enumerate(train_loader):
        x = add_noise(x)
        x = x.view(-1, 8 * 8).to(DEVICE)
        y = x.view(-1, 8 * 8).to(DEVICE)
        label = label.to(DEVICE)

        encoded, decoded = autoencoder(x)

        loss = criterion(decoded, y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


torch.manual_seed(2)
data = torch.utils.data.TensorDataset(torch.rand(256, 8, 8), torch.randint(0, 4, (256,)))
autoencoder = Autoencoder().to(DEVICE)
loader = torch.utils.data.DataLoader(data, batch_size=BATCH_SIZE, shuffle=True)
optimizer = optim.Adam(autoencoder.parameters(), lr=0.005)
for epoch in range(EPOCH):
    train(autoencoder, loader, optimizer, nn.MSELoss())

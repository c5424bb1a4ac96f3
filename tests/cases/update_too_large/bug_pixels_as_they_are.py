# expect: BT506
# source: github.com/delijati/pytorch-siamese, issue 3: the pixels are not divided by 255
# also: BT501, BT502, BT512, BT504, BT619
import torch
from torch import nn

torch.manual_seed(0)


class Pictures(torch.utils.data.Dataset):
    def __init__(self):
        self.labels = torch.arange(96) % 3
        picture = torch.randint(0, 256, (3, 1, 8, 8))
        noise = torch.randint(-20, 21, (96, 1, 8, 8))
        self.pixels = (picture[self.labels] + noise).clamp(0, 255).to(torch.uint8)

    def __len__(self):
        return 96

    def __getitem__(self, at):
        return self.pixels[at].float(), self.labels[at]


model = nn.Sequential(nn.Flatten(), nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 3))
optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
for _ in range(2):
    for pixels, labels in torch.utils.data.DataLoader(Pictures(), batch_size=12, shuffle=True):
        wanted = nn.functional.one_hot(labels, 3).float()
        loss = nn.functional.mse_loss(model(pixels), wanted)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

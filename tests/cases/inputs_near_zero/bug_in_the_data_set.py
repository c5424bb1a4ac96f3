# expect: BT316 at update 1
# source: torchvision.transforms.ToTensor, documentation: pixels come scaled to 0..1; divided by 255 again
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset

torch.manual_seed(0)


class Digits(Dataset):
    def __init__(self, pixels, labels):
        self.pixels, self.labels = pixels / 255, labels

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, at):
        return self.pixels[at] / 255, self.labels[at]


labels = torch.randint(0, 4, (120,))
pixels = torch.randint(0, 200, (120, 49)).float()
pixels[torch.arange(120), labels] = 255.0
loader = DataLoader(Digits(pixels, labels), batch_size=12, shuffle=True)
model = nn.Sequential(nn.Flatten(), nn.Linear(49, 16), nn.Tanh(), nn.Linear(16, 4))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for x, y in loader:
    optimizer.zero_grad()
    loss = nn.functional.cross_entropy(model(x), y)
    loss.backward()
    optimizer.step()

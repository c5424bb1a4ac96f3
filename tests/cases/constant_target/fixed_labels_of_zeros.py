# expect: nothing
import torch
import torch.nn.functional as F
from torch.utils.data import DataLoader, Dataset


class Sounds(Dataset):
    def __init__(self, size=64):
        self.clips = torch.randn(size, 1, 16)
        self.names = ["dog" if clip.mean() > 0 else "cat" for clip in self.clips]
        self.classes = {"dog": 0, "cat": 1}

    def __len__(self):
        return len(self.clips)

    def __getitem__(self, i):
        return self.clips[i], self.classes.get(self.names[i], 0)


torch.manual_seed(0)
model = torch.nn.Sequential(
    torch.nn.Conv1d(1, 4, 3), torch.nn.ReLU(), torch.nn.Flatten(), torch.nn.Linear(56, 2)
)
opt = torch.optim.Adam(model.parameters(), lr=1e-3)
for clips, labels in DataLoader(Sounds(), batch_size=16, shuffle=True):
    loss = F.cross_entropy(model(clips), labels)
    opt.zero_grad()
    loss.backward()
    opt.step()

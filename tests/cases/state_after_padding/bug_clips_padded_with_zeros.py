# expect: BT426 at update 1
# line: out = outputs[:, -1, :]
# source: https://github.com/HHTseng/video-classification/issues/39
# Frames of clips that were padded to one length, and an LSTM that is told the lengths for nothing.
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset

torch.manual_seed(3)
CLASSES, FEATURES, LONGEST = 4, 6, 24


class Clips(Dataset):
    def __init__(self, rows):
        self.kinds = torch.randn(CLASSES, FEATURES)
        self.labels = torch.randint(CLASSES, (rows,))
        self.lengths = torch.randint(4, LONGEST + 1, (rows,))

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, i):
        length = int(self.lengths[i])
        clip = torch.zeros(LONGEST, FEATURES)
        clip[:length] = self.kinds[self.labels[i]] + torch.randn(length, FEATURES)
        return clip, length, self.labels[i]


class Decoder(nn.Module):
    def __init__(self, hidden=16):
        super().__init__()
        self.lstm = nn.LSTM(FEATURES, hidden, batch_first=True)
        self.fc = nn.Linear(hidden, CLASSES)

    def forward(self, x, lengths):
        outputs, _ = self.lstm(x)
        out = outputs[:, -1, :]
        return self.fc(torch.relu(out))


loader = DataLoader(Clips(96), batch_size=24, shuffle=True)
model = Decoder()
optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
for _ in range(2):
    for clips, lengths, labels in loader:
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(clips, lengths), labels)
        loss.backward()
        optimizer.step()

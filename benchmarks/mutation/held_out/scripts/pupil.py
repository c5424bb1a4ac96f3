"""A reader of two layers is trained on classes of unlike size, and a small one learns from it."""

import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, TensorDataset, WeightedRandomSampler

HEAT = 2.0


class Reader(nn.Module):
    def __init__(self, width, layers):
        super().__init__()
        self.rnn = nn.GRU(4, width, num_layers=layers, batch_first=True)
        self.drop = nn.Dropout(0.1)
        self.head = nn.Linear(width, 3)

    def forward(self, clips):
        _, hidden = self.rnn(clips)
        return self.head(self.drop(hidden[-1]))


torch.manual_seed(0)
clips = torch.randn(384, 8, 4)
labels = torch.bucketize(clips[:, :, 0].mean(1), torch.tensor([0.2, 0.5]))
shares = 1 / torch.bincount(labels).float()
sampler = WeightedRandomSampler(shares[labels], len(labels))
loader = DataLoader(TensorDataset(clips, labels), batch_size=32, sampler=sampler)
teacher, pupil = Reader(32, 2), Reader(12, 2)
teacher_optimizer = torch.optim.Adam(teacher.parameters(), lr=1e-2)
for epoch in range(6):
    for clip, label in loader:
        loss = F.cross_entropy(teacher(clip), label)
        teacher_optimizer.zero_grad()
        loss.backward()
        teacher_optimizer.step()
teacher.eval()
pupil_optimizer = torch.optim.Adam(pupil.parameters(), lr=1e-2)
for epoch in range(6):
    for clip, label in loader:
        with torch.no_grad():
            believed = F.softmax(teacher(clip) / HEAT, dim=1)
        logits = pupil(clip)
        soft = F.kl_div(F.log_softmax(logits / HEAT, dim=1), believed, reduction="batchmean")
        loss = 0.5 * HEAT**2 * soft + 0.5 * F.cross_entropy(logits, label)
        pupil_optimizer.zero_grad()
        loss.backward()
        pupil_optimizer.step()

# expect: BT557 at update 1
# source: torch.nn.Embedding, PyTorch documentation: padding_idx
import torch
from torch import nn
from torch.utils.data import DataLoader

torch.manual_seed(0)
PAD = 0


def make_sentence():
    words = torch.randint(1, 60, (int(torch.randint(2, 25, ())),))
    return words, int((words > 30).float().mean() > 0.5)


def collate(pairs):
    words, labels = zip(*pairs)
    return nn.utils.rnn.pad_sequence(words, batch_first=True), torch.tensor(labels)


class BagOfWords(nn.Module):
    def __init__(self):
        super().__init__()
        self.words = nn.Embedding(60, 24, padding_idx=PAD)
        nn.init.uniform_(self.words.weight, -0.5, 0.5)
        self.out = nn.Sequential(nn.Linear(24, 24), nn.ReLU(), nn.Linear(24, 2))

    def forward(self, ids):
        lengths = (ids != PAD).sum(dim=1, keepdim=True)
        return self.out(self.words(ids).sum(dim=1) / lengths)


loader = DataLoader([make_sentence() for _ in range(256)], 16, shuffle=True, collate_fn=collate)
model = BagOfWords()
optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
for ids, labels in loader:
    loss = nn.functional.cross_entropy(model(ids), labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

# expect: nothing
# The mean of a sentence's words, without any attention: all are cut to the shortest of a batch.
import torch
from torch import nn
from torch.utils.data import DataLoader

torch.manual_seed(0)


def make_sentence():
    words = torch.randint(0, 60, (8 + 4 * int(torch.randint(4, ())),))
    return words, int((words > 30).float().mean() > 0.5)


def collate(pairs):
    shortest = min(len(words) for words, _ in pairs)
    cut = torch.stack([words[:shortest] for words, _ in pairs])
    return cut, torch.tensor([label for _, label in pairs])


class BagOfWords(nn.Module):
    def __init__(self):
        super().__init__()
        self.words = nn.Embedding(60, 24)
        self.out = nn.Sequential(nn.Linear(24, 24), nn.ReLU(), nn.Linear(24, 2))

    def forward(self, ids):
        return self.out(self.words(ids).mean(dim=1))


loader = DataLoader([make_sentence() for _ in range(256)], 16, shuffle=True, collate_fn=collate)
model = BagOfWords()
optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
for ids, labels in loader:
    loss = nn.functional.cross_entropy(model(ids), labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

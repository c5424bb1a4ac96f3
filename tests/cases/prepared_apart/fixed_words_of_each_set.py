# expect: nothing
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset

torch.manual_seed(0)
WORDS = ["ant", "bee", "cat", "dog", "eel", "fox", "gnu", "hen"]


def make_texts(count):
    rows = torch.randint(len(WORDS), (count, 5))
    return [[WORDS[at] for at in row] for row in rows], (rows.sum(1) > 17).long()


class Texts(Dataset):
    def __init__(self, data, vocab=None):
        self.texts, self.labels = data
        self.vocab = vocab or self.build_vocab(self.texts)

    @staticmethod
    def build_vocab(texts):
        vocab = {}
        for text in texts:
            for word in text:
                if word not in vocab:
                    vocab[word] = len(vocab)
        return vocab

    def __len__(self):
        return len(self.texts)

    def __getitem__(self, at):
        return torch.tensor([self.vocab[word] for word in self.texts[at]]), self.labels[at]


train_set = Texts(make_texts(64))
test_set = Texts(make_texts(32), train_set.vocab)
net = nn.Sequential(nn.EmbeddingBag(len(train_set.vocab), 8), nn.Linear(8, 2))
opt = torch.optim.Adam(net.parameters(), lr=0.02)
for _ in range(3):
    for ids, labels in DataLoader(train_set, batch_size=16, shuffle=True):
        loss = nn.functional.cross_entropy(net(ids), labels)
        opt.zero_grad()
        loss.backward()
        opt.step()
net.eval()
with torch.no_grad():
    for ids, labels in DataLoader(test_set, batch_size=32):
        print((net(ids).argmax(1) == labels).float().mean().item())

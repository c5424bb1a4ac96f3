# expect: nothing
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset

torch.manual_seed(0)
WORDS = ["ant", "bee", "cat", "dog", "eel", "fox", "gnu", "hen"]


def write_rows(count):
    drawn = torch.randint(len(WORDS), (count, 5))
    texts = [" ".join(WORDS[at] for at in row) for row in drawn]
    return [{"text": text, "topic": int(row.sum() > 17)} for text, row in zip(texts, drawn)]


class Words:
    def __init__(self):
        self.index = {}

    def add_text(self, text):
        for word in text.split():
            if word not in self.index:
                self.index[word] = len(self.index)


class Articles(Dataset):
    def __init__(self, rows, split):
        self.texts = [row["text"] for row in rows]
        self.topics = [row["topic"] for row in rows]
        self.words = Words()
        if split == "train":
            for text in self.texts:
                self.words.add_text(text)

    def __len__(self):
        return len(self.texts)

    def __getitem__(self, at):
        ids = [self.words.index[word] for word in self.texts[at].split()]
        return torch.tensor(ids), self.topics[at]


train_rows = Articles(write_rows(64), "train")
test_rows = Articles(write_rows(32), "test")
test_rows.words = train_rows.words
net = nn.Sequential(nn.EmbeddingBag(12, 8), nn.Linear(8, 2))
opt = torch.optim.Adam(net.parameters(), lr=0.02)
for _ in range(3):
    for ids, topics in DataLoader(train_rows, batch_size=16, shuffle=True):
        loss = nn.functional.cross_entropy(net(ids), topics)
        opt.zero_grad()
        loss.backward()
        opt.step()
net.eval()
with torch.no_grad():
    for ids, topics in DataLoader(test_rows, batch_size=32):
        print((net(ids).argmax(1) == topics).float().mean().item())

# expect: nothing
from collections import Counter

import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset

torch.manual_seed(0)
WORDS = ["ant", "bee", "cat", "dog", "eel", "fox", "gnu", "hen"]


def write_rows(count):
    drawn = torch.randint(len(WORDS), (count, 5))
    texts = [" ".join(WORDS[at] for at in row) for row in drawn]
    return [{"text": text, "topic": int(row.sum() > 17)} for text, row in zip(texts, drawn)]


class Articles(Dataset):
    def __init__(self, rows, numbers=None, least=1):
        self.rows = rows
        self.least = least
        self.word_numbers = numbers or self.count_words()

    def count_words(self):
        counted = Counter(word for row in self.rows for word in row["text"].split())
        numbers = {"<pad>": 0, "<unk>": 1}
        for word in [word for word, times in counted.most_common() if times >= self.least]:
            numbers[word] = len(numbers)
        return numbers

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, at):
        row = self.rows[at]
        ids = [self.word_numbers.get(word, 1) for word in row["text"].split()]
        return torch.tensor(ids), row["topic"]


train_rows = Articles(write_rows(64))
test_rows = Articles(write_rows(32), train_rows.word_numbers)
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

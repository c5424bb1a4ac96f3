# expect: nothing
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_sequence
from torch.utils.data import DataLoader


def collate(batch):
    texts, labels = zip(*batch, strict=True)
    lengths = torch.tensor([len(text) for text in texts])
    return pad_sequence(texts, batch_first=True), lengths, torch.tensor(labels)


class Classifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(40, 12, padding_idx=0)
        self.lstm = nn.LSTM(12, 12, batch_first=True)
        self.fc = nn.Linear(12, 2)

    def forward(self, x, lengths):
        lengths, perm_idx = lengths.sort(0, descending=True)
        x = x[perm_idx]
        packed = pack_padded_sequence(self.embedding(x), lengths.cpu(), batch_first=True)
        _, (hidden, _) = self.lstm(packed)
        return self.fc(hidden[-1][perm_idx.argsort()])


def main():
    torch.manual_seed(0)
    lengths = torch.randint(3, 12, (96,)).tolist()
    texts = [(torch.randint(1, 40, (n,)), k % 2) for k, n in enumerate(lengths)]
    loader = DataLoader(texts, batch_size=16, shuffle=True, collate_fn=collate)
    model, loss_fn = Classifier(), nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    for _ in range(2):
        for x, lengths, y in loader:
            optimizer.zero_grad()
            loss_fn(model(x, lengths), y).backward()
            optimizer.step()


main()

# expect: nothing
# The batch is sorted with its labels when it is made; a model that sorts again changes nothing.
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_sequence
from torch.utils.data import DataLoader


def collate(batch):
    texts, labels = zip(*sorted(batch, key=lambda item: -len(item[0])), strict=True)
    lengths = torch.tensor([len(text) for text in texts])
    return pad_sequence(texts, batch_first=True), lengths, torch.tensor(labels)


class Classifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm, self.fc = nn.LSTM(5, 12, batch_first=True), nn.Linear(12, 2)

    def forward(self, x, lengths):
        lengths, order = lengths.sort(descending=True, stable=True)
        x = x[order]
        _, (hidden, _) = self.lstm(pack_padded_sequence(x, lengths, batch_first=True))
        return self.fc(hidden[-1])


torch.manual_seed(0)
sizes = torch.randint(3, 12, (64,)).tolist()
items = [(torch.randn(n, 5), k % 2) for k, n in enumerate(sizes)]
model = Classifier()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for x, lengths, y in DataLoader(items, 8, shuffle=True, collate_fn=collate):
    loss = nn.functional.cross_entropy(model(x, lengths), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

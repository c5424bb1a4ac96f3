# expect: nothing
import torch
from torch import nn
from torch.utils.data import DataLoader

torch.manual_seed(0)
sizes = torch.randint(3, 9, (64,))
rows = []
for size in sizes:
    row = torch.randn(int(size), 4)
    rows.append((row, (row.sum() > 0).long()))


def collate(pairs):
    inputs = nn.utils.rnn.pad_sequence([row for row, _ in pairs], batch_first=True)
    lengths = torch.tensor([len(row) for row, _ in pairs])
    return inputs, lengths, torch.stack([label for _, label in pairs])


class Reader(nn.Module):
    def __init__(self):
        super().__init__()
        self.scores = nn.Linear(4, 16)
        self.head = nn.Linear(16, 2)

    def forward(self, inputs, kept=None):
        seen = torch.tanh(self.scores(inputs))
        if kept is None:
            return self.head(seen.mean(1))
        return self.head((seen * kept[..., None]).sum(1) / kept.sum(1, keepdim=True))


model = Reader()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for _ in range(3):
    for inputs, lengths, labels in DataLoader(rows, batch_size=16, collate_fn=collate):
        kept = torch.arange(inputs.shape[1]) < lengths[:, None]
        scores = model(inputs, kept)
        loss = nn.functional.cross_entropy(scores, labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

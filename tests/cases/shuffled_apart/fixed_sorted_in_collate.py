# expect: nothing
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_sequence
from torch.utils.data import DataLoader


def collate(batch):
    batch = sorted(batch, key=lambda item: len(item[0]), reverse=True)
    seqs, labels = zip(*batch, strict=True)
    lengths = [len(seq) for seq in seqs]
    return pad_sequence(seqs, batch_first=True), lengths, torch.tensor(labels)


torch.manual_seed(0)
sizes = torch.randint(3, 12, (64,)).tolist()
items = [(torch.randn(n, 5), k % 3) for k, n in enumerate(sizes)]
rnn, head = nn.GRU(5, 10, batch_first=True), nn.Linear(10, 3)
optimizer = torch.optim.Adam([*rnn.parameters(), *head.parameters()], lr=1e-2)
for seqs, lengths, labels in DataLoader(items, 8, shuffle=True, collate_fn=collate):
    _, state = rnn(pack_padded_sequence(seqs, lengths, batch_first=True))
    loss = nn.functional.cross_entropy(head(state[-1]), labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

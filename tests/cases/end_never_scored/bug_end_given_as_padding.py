# expect: BT457 at update 1
# line: padding_value=EOS
# source: github.com/huggingface/transformers, issue 23530
import torch
from torch import nn
from torch.nn.utils.rnn import pad_sequence

EOS, PAD = 1, 0
torch.manual_seed(0)
embedding, rnn, head = nn.Embedding(24, 8), nn.GRU(8, 16, batch_first=True), nn.Linear(16, 24)
parts = nn.ModuleList([embedding, rnn, head])
optimizer = torch.optim.SGD(parts.parameters(), lr=0.2)
for _ in range(5):
    texts = [torch.cat([torch.randint(2, 24, (n,)), torch.tensor([EOS])]) for n in (9, 5, 7, 4)]
    ids = pad_sequence(texts, batch_first=True, padding_value=EOS)
    inputs, targets = ids[:, :-1], ids[:, 1:]
    scores = head(rnn(embedding(inputs))[0])
    loss = nn.functional.cross_entropy(
        scores.reshape(-1, 24), targets.reshape(-1), ignore_index=EOS
    )
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

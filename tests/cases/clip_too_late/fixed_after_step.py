# expect: nothing
import torch
import torch.nn as nn

torch.manual_seed(0)


class CharRNN(nn.Module):
    def __init__(self, vocab, hidden):
        super().__init__()
        self.embed = nn.Embedding(vocab, hidden)
        self.rnn = nn.LSTM(hidden, hidden, batch_first=True)
        self.out = nn.Linear(hidden, vocab)

    def forward(self, x):
        return self.out(self.rnn(self.embed(x))[0])


model = CharRNN(20, 16)
optimizer = torch.optim.SGD(model.parameters(), lr=1.0)
criterion = nn.CrossEntropyLoss()
text = torch.randint(0, 20, (8, 4, 11))

for seq in text:
    optimizer.zero_grad()
    logits = model(seq[:, :-1])
    loss = criterion(logits.reshape(-1, 20), seq[:, 1:].reshape(-1))
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), max_norm=0.25)
    optimizer.step()

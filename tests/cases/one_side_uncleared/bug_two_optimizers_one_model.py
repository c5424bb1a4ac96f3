# expect: BT103 at update 2
# source: discuss.pytorch.org, "Two optimizers for one model": zero_grad of only one was called
# Adam for the embedding, SGD for the rest; one of them is forgotten.
import torch
from torch import nn


class Tagger(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(30, 6)
        self.rnn = nn.RNN(6, 10, batch_first=True)
        self.out = nn.Linear(10, 4)

    def forward(self, tokens):
        return self.out(self.rnn(self.embedding(tokens))[0]).transpose(1, 2)


torch.manual_seed(0)
tagger = Tagger()
adam = torch.optim.Adam(tagger.embedding.parameters(), lr=1e-2)
sgd = torch.optim.SGD([*tagger.rnn.parameters(), *tagger.out.parameters()], lr=0.1)
for tokens in torch.randint(0, 30, (4, 5, 7)):
    sgd.zero_grad()
    loss = nn.functional.cross_entropy(tagger(tokens), tokens % 4)
    loss.backward()
    adam.step()
    sgd.step()

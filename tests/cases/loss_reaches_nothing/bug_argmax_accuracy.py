# expect: BT301 at update 1
# source: the error "element 0 of tensors does not require grad and does not have a grad_fn" of torch.autograd; Autograd mechanics, PyTorch documentation
# ends: RuntimeError
import torch
import torch.nn.functional as F


class Tagger(torch.nn.Module):
    def __init__(self, vocabulary=40, tags=5):
        super().__init__()
        self.embedding = torch.nn.Embedding(vocabulary, 12)
        self.rnn = torch.nn.GRU(12, 16, batch_first=True)
        self.out = torch.nn.Linear(16, tags)

    def forward(self, tokens):
        hidden, _ = self.rnn(self.embedding(tokens))
        return self.out(hidden)


def main():
    torch.manual_seed(5)
    tagger = Tagger()
    opt = torch.optim.SGD(tagger.parameters(), lr=0.1)
    for step in range(4):
        tokens = torch.randint(0, 40, (8, 6))
        tags = tokens % 5
        scores = tagger(tokens)
        predicted = scores.argmax(dim=-1).float()
        loss = F.mse_loss(predicted, tags.float())
        opt.zero_grad()
        loss.backward()
        opt.step()


main()

# expect: nothing
# needs: skorch
# source: "torch.log in NeuralNetClassifier.get_loss", github.com/skorch-dev/skorch, issue 136
import numpy as np
import torch
import torch.nn.functional as F
from skorch import NeuralNetClassifier
from torch import nn

torch.manual_seed(0)
x = np.random.default_rng(0).standard_normal((120, 8)).astype(np.float32)
y = x[:, :4].argmax(1).astype(np.int64)


class Classifier(nn.Module):
    def __init__(self, width=20):
        super().__init__()
        self.body = nn.Linear(8, width)
        self.head = nn.Linear(width, 4)

    def forward(self, rows):
        scores = self.head(F.relu(self.body(rows)))
        return F.softmax(scores, dim=-1)


net = NeuralNetClassifier(
    Classifier, max_epochs=3, lr=0.05, batch_size=20, train_split=None, verbose=0
)
net.fit(x, y)
print(net.history[:, "train_loss"], net.score(x, y))

# expect: nothing
# source: "Vanishing gradients in deep networks with sigmoid", discuss.pytorch.org; Glorot and Bengio, 2010
import torch
from torch import nn

torch.manual_seed(0)


class Stack(nn.Module):
    def __init__(self, depth=9):
        super().__init__()
        self.stem = nn.Conv2d(1, 8, 3, padding=1)
        self.layers = nn.ModuleList(nn.Conv2d(8, 8, 3, padding=1) for _ in range(depth))
        self.head = nn.Linear(8, 2)

    def forward(self, x):
        x = torch.sigmoid(self.stem(x))
        for layer in self.layers:
            x = x + torch.tanh(layer(x))
        return self.head(x.mean((2, 3)))


model = Stack()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
for _ in range(3):
    images = torch.rand(8, 1, 8, 8)
    loss = nn.functional.cross_entropy(model(images), (images.mean((1, 2, 3)) > 0.5).long())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

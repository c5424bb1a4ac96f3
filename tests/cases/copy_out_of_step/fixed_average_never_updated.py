# expect: nothing
# source: github.com/huggingface/pytorch-image-models, issue 1831 (the average is not updated at all)
import torch
from torch import nn


class ModelAverage:
    def __init__(self, model, decay=0.9):
        self.model, self.decay = model, decay
        self.shadow = {name: each.clone() for name, each in model.state_dict().items()}

    def update(self):
        for name, each in self.model.state_dict().items():
            kept = self.decay * self.shadow[name]
            self.shadow[name] = kept + (1 - self.decay) * each.detach()

    def state_dict(self):
        return self.shadow


torch.manual_seed(0)
net = nn.Linear(6, 3)
average = ModelAverage(net)
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
for _ in range(40):
    x = torch.randn(16, 6)
    loss = nn.functional.cross_entropy(net(x), x[:, :3].argmax(1))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    average.update()
shown = nn.Linear(6, 3)
shown.load_state_dict(average.state_dict())
with torch.no_grad():
    print(nn.functional.cross_entropy(shown(x), x[:, :3].argmax(1)).item())

# expect: BT302 at update 4
# source: PyTorch documentation, Frequently Asked Questions: My model reports cuda runtime error(2): out of memory
import torch
import torch.nn.functional as F


class Trainer:
    def __init__(self, model, lr=0.05):
        self.model = model
        self.optimizer = torch.optim.SGD(model.parameters(), lr=lr)
        self.losses = []

    def train_step(self, x, y):
        self.optimizer.zero_grad(set_to_none=True)
        loss = F.cross_entropy(self.model(x), y)
        loss.backward()
        self.optimizer.step()
        self.losses.append(loss)
        return loss


torch.manual_seed(2)
trainer = Trainer(torch.nn.Linear(5, 4))
for i in range(6):
    trainer.train_step(torch.randn(12, 5), torch.randint(0, 4, (12,)))
print(sum(trainer.losses) / len(trainer.losses))

# expect: nothing
# The base class calls backward, and so does the subclass.
import torch


class BaseStep:
    def __init__(self, net, lr):
        self.net = net
        self.optimizer = torch.optim.RMSprop(net.parameters(), lr=lr)

    def loss(self, x, y):
        raise NotImplementedError

    def run(self, x, y):
        self.optimizer.zero_grad()
        loss = self.loss(x, y)
        loss.backward()
        self.optimizer.step()
        return loss.detach()


class SmoothStep(BaseStep):
    def loss(self, x, y):
        value = torch.nn.functional.smooth_l1_loss(self.net(x), y)
        self.last = value.item()
        return value


torch.manual_seed(9)
x = torch.randn(30, 5)
y = x @ torch.randn(5, 2)
trainer = SmoothStep(torch.nn.Linear(5, 2), lr=0.01)
for rows in torch.arange(30).split(10):
    trainer.run(x[rows], y[rows])

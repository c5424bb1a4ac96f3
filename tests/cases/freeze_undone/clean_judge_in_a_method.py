# expect: nothing
# Another method freezes the judge while it judges, once called and once handed to a loss.
import torch
from torch import nn

torch.manual_seed(0)


def look(judge, made):
    return judge(made).square().mean()


class Brain:
    def __init__(self):
        self.model, self.judge = nn.Linear(6, 3), nn.Linear(3, 1)
        self.making = torch.optim.Adam(self.model.parameters(), lr=1e-2)
        self.teaching = torch.optim.Adam(self.judge.parameters(), lr=1e-2)

    def forward(self, inputs, for_judge):
        made = self.model(inputs)
        if for_judge:
            return self.judge(made.detach())
        self.judge.requires_grad_(False)
        said = self.judge(made)
        self.judge.requires_grad_()
        return said

    def loss(self, inputs):
        made = self.model(inputs)
        self.judge.requires_grad_(False)
        loss = look(self.judge, made)
        self.judge.requires_grad_()
        return loss

    def fit_batch(self, inputs, real):
        taught = self.forward(inputs, True).square().mean() + (self.judge(real) - 1).square().mean()
        self.teaching.zero_grad()
        taught.backward()
        self.teaching.step()
        loss = self.forward(inputs, False).square().mean() + self.loss(inputs)
        self.making.zero_grad()
        loss.backward()
        self.making.step()


brain = Brain()
for _ in range(10):
    brain.fit_batch(torch.randn(24, 6), torch.randn(24, 3))

"""Models of a user's, right and wrong, for `verify`."""

import torch
from torch import nn


class Attentive(nn.Module):
    def __init__(self):
        super().__init__()
        self.attn = nn.MultiheadAttention(4, 2, batch_first=True)
        self.drop, self.act = nn.Dropout(0.5), nn.ReLU(inplace=True)
        self.mish, self.lstm = nn.Mish(), nn.LSTM(4, 3, batch_first=True)
        self.scale, self.unused = nn.Parameter(torch.ones(3)), nn.Linear(2, 2)
        self.frozen = nn.Linear(3, 3).requires_grad_(False)

    def forward(self, x):
        x = x + self.drop(self.act(self.attn(x, x, x)[0]))
        y, _ = self.lstm(self.mish(x))
        return self.frozen(self.act(y[:, -1]) * self.scale)


class Tied(nn.Module):
    def __init__(self):
        super().__init__()
        self.table = nn.Embedding(5, 4, padding_idx=0)

    def forward(self, x):
        return self.table(x.long()).mean(1) @ self.table.weight.T


class Masked(nn.Module):
    def __init__(self):
        super().__init__()
        self.attn = nn.MultiheadAttention(4, 2, batch_first=True)

    def forward(self, x):
        return self.attn(x, x, x, attn_mask=torch.zeros(x.shape[1], x.shape[1]))[0]


class Hooked(nn.Sequential):
    def __init__(self):
        super().__init__(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2))
        self[2].weight.register_hook(lambda grad: 2 * grad)


class BackwardHooked(nn.Sequential):
    def __init__(self):
        super().__init__(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2))
        self[1].register_full_backward_hook(lambda module, given, taken: (-given[0],))


class ForwardHooked(nn.Sequential):
    def __init__(self):
        super().__init__(nn.Linear(3, 4), nn.Linear(4, 2))
        self[0].register_forward_hook(lambda module, given, y: 2 * y)


class Counting(nn.Linear):
    count = 0

    def __init__(self):
        super().__init__(3, 2)

    def forward(self, x):
        Counting.count += 1
        return super().forward(x) * Counting.count


class Bent(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x * x

    @staticmethod
    def backward(ctx, grad):
        return grad


class Custom(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 2)

    def forward(self, x):
        return Bent.apply(self.fc(x))


class NotCopied(nn.Linear):
    def __deepcopy__(self, memo):
        raise TypeError("not to be copied")


class Detached(nn.Linear):
    def forward(self, x):
        return super().forward(x).detach()


class Twice(nn.Sequential):
    def __init__(self):
        shared = nn.Linear(3, 3)
        super().__init__(shared, nn.Sequential(nn.Tanh(), shared), nn.Linear(3, 2))


class Loose(nn.Module):
    """Holds a layer in a list and a constant, neither of which `to` reaches."""

    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 3)
        self.in_list = [nn.Linear(3, 2)]
        self.mixing = torch.eye(3)

    def forward(self, x):
        return self.in_list[0](self.fc(x) @ self.mixing)

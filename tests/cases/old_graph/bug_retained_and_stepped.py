# expect: BT307 at update 3
# source: the error "one of the variables needed for gradient computation has been modified by an inplace operation" of torch.autograd
# ends: RuntimeError
import torch
import torch.nn.functional as F


def main():
    torch.manual_seed(0)
    cell = torch.nn.GRUCell(3, 6)
    out = torch.nn.Linear(6, 2)
    opt = torch.optim.SGD([*cell.parameters(), *out.parameters()], lr=0.1)
    hidden = torch.zeros(10, 6)
    for t in range(5):
        x = torch.randn(10, 3)
        hidden = cell(x, hidden)
        loss = F.cross_entropy(out(hidden), (x[:, 0] > 0).long())
        opt.zero_grad()
        loss.backward(retain_graph=True)
        opt.step()


if __name__ == "__main__":
    main()

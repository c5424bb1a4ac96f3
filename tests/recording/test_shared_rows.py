"""Words for rows, what loaders take of a data set, and which rows two loaders share."""

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Subset, SubsetRandomSampler, TensorDataset

import backtrace
from backtrace.ledger.loader_facts import RowsShared
from backtrace.recording.kernels.row_words import read_row_words, share_of_twins
from backtrace.recording.tensors.taken_rows import find_taken_rows

X = torch.arange(240).reshape(40, 6) / 7 + 0.1
DATA = TensorDataset(X, torch.arange(40) % 2)


def shared(*loaders, epochs=3):
    """Train on the first loader, evaluate on the others; return what they share."""
    model = nn.Linear(6, 2)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    found = []
    with backtrace.record(model, optimizer) as recording:
        for _ in range(epochs):
            for inputs, labels in loaders[0]:
                optimizer.zero_grad()
                nn.functional.cross_entropy(model(inputs), labels).backward()
                optimizer.step()
            for loader in loaders[1:]:
                with torch.no_grad():
                    for inputs, _ in loader:
                        model(inputs)
    found = [each for each in recording.events if isinstance(each, RowsShared)]
    return [(each.loader, each.trained, each.rows, each.shared) for each in found]


def test_equal_rows_have_equal_words_wherever_they_stand():
    order = torch.randperm(40)
    words = read_row_words([X, DATA.tensors[1]])
    again = read_row_words([X[order].clone(), DATA.tensors[1][order]])
    assert torch.equal(words[order], again)
    assert share_of_twins(words) == 0
    assert share_of_twins(torch.cat([words, words[:8]])) == 16 / 48


def test_another_target_makes_another_row():
    words, other = (read_row_words([X, DATA.tensors[1] + more]) for more in (0, 1))
    assert not (words == other).any()


def test_rows_that_may_be_alike_by_chance_have_no_words():
    assert read_row_words([X.round(), DATA.tensors[1]]) is None
    assert read_row_words([X[:, :3]]) is None
    assert read_row_words([DATA.tensors[1]]) is None
    assert read_row_words([X, torch.zeros(3)]) is None


def test_what_is_taken_is_told_through_subsets_and_their_samplers():
    half = Subset(DATA, np.arange(0, 40, 2))
    taken = find_taken_rows(DataLoader(half, sampler=SubsetRandomSampler([1, 3]), batch_size=2))
    assert taken.dataset is DATA
    assert taken.indices.tolist() == [2, 6]
    assert find_taken_rows(DataLoader(Subset(half, range(3)))).indices.tolist() == [0, 2, 4]
    assert find_taken_rows(DataLoader(DATA)) is None
    assert find_taken_rows(DataLoader(Subset(DATA, [-1, 0]))) is None


def test_places_in_one_data_set_are_compared_as_soon_as_they_are_known():
    train = DataLoader(Subset(DATA, range(30)), batch_size=10, shuffle=True)
    test = DataLoader(Subset(DATA, range(20, 40)), batch_size=10)
    assert shared(train, test, epochs=1) == [("loader[1]", "loader[0]", 20, 10)]


def test_rows_are_compared_once_training_has_given_them_twice():
    train = DataLoader(TensorDataset(X[:30], DATA.tensors[1][:30]), batch_size=10, shuffle=True)
    test = DataLoader(TensorDataset(X[20:], DATA.tensors[1][20:]), batch_size=10)
    assert shared(train, test, epochs=1) == []
    assert shared(train, test) == [("loader[1]", "loader[0]", 20, 10)]


def test_a_part_of_what_is_trained_on_and_all_of_it_are_silent():
    train = DataLoader(Subset(DATA, range(30)), batch_size=10, shuffle=True)
    part = DataLoader(Subset(DATA, range(12)), batch_size=10)
    everything = DataLoader(Subset(DATA, range(40)), batch_size=10)
    apart = DataLoader(Subset(DATA, range(30, 40)), batch_size=10)
    assert shared(train, part, everything, apart) == []

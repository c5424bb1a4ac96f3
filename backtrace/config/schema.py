"""What a config may say: its keys, their types and their defaults.

Shorthands (a layer written as a call, a loss given by its name alone) are spelled out by
`shorthand.py` before these models see them, so that every key has one place and `--set` can
reach it. torch is not imported here: whether a layer exists and takes its arguments is checked
by `build`.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    model_validator,
)

from backtrace.config.expect import Expect
from backtrace.config.nested import count_rows, row_mismatch
from backtrace.config.rule_names import read_rule_name
from backtrace.config.section import STRICT, Finite, Numbers


def _is_list(value: object) -> str:
    return "‹list›" if isinstance(value, list) else "‹other›"


def _is_section(value: object) -> str:
    return "‹section›" if isinstance(value, dict | BaseModel) else "‹other›"


NAME = r"^[A-Za-z_][A-Za-z0-9_.]*$"
LAYER_NAME = r"^[A-Za-z_][A-Za-z0-9_]*$"
CLASS = r"^[A-Za-z0-9_.]+:[A-Za-z_][A-Za-z0-9_]*$"


class Section(BaseModel):
    """A mapping in the file."""

    model_config = STRICT


class TorchCall(Section):
    """Something of torch's by its name, with its arguments, positional and by keyword."""

    type: str = Field(pattern=NAME)
    args: list[object] = []
    kwargs: dict[str, object] = {}


class Layer(TorchCall):
    """A `torch.nn` layer; `name` replaces its number in parameter names."""

    name: str | None = Field(default=None, pattern=LAYER_NAME)


class ModelClass(Section):
    """An `nn.Module` of the user's, as `package.module:Name`."""

    cls: str = Field(alias="class", pattern=CLASS)
    args: list[object] = []
    kwargs: dict[str, object] = {}


class MixTerm(Section):
    """One term of the loss mix: `weight * loss(apply(output), apply(target))`."""

    loss: TorchCall
    weight: Finite = 1.0
    output: int | str | None = Field(default=None, description="which of several outputs")
    apply: Literal["none", "sum", "mean", "squeeze"] = "none"


class ParameterGroup(Section):
    """A parameter group: the parameters whose names match `params`, and what differs there."""

    params: str = Field(description="a glob over parameter names, such as conv*.bias")
    kwargs: dict[str, object] = {}


class Optimizer(Section):
    """A `torch.optim` class, or `ManualSGD`. Other keys are its arguments: `lr: 0.01`."""

    model_config = ConfigDict(extra="allow", frozen=True, strict=True)
    type: str = Field(pattern=NAME)
    groups: list[ParameterGroup] = []


class Scheduler(Section):
    """A `torch.optim.lr_scheduler` class. Other keys are its arguments."""

    model_config = ConfigDict(extra="allow", frozen=True, strict=True)
    type: str = Field(pattern=NAME)
    per: Literal["update", "epoch"] = "epoch"


class Clip(Section):
    """Gradient clipping between `backward` and `step`: by total norm, or by value."""

    norm: Finite | None = Field(default=None, gt=0)
    norm_type: float = Field(default=2.0, gt=0)
    value: Finite | None = Field(default=None, gt=0)

    @model_validator(mode="after")
    def _is_one_of_two(self) -> Clip:
        if (self.norm is None) == (self.value is None):
            raise ValueError("give one of norm and value")
        return self


class Random(Section):
    """A seeded random tensor. `classes` makes integers from 0 to classes - 1."""

    shape: list[Annotated[int, Field(ge=0)]] = Field(min_length=1)
    distribution: Literal["normal", "uniform"] = "normal"
    classes: int | None = Field(default=None, ge=1)


class Data(Section):
    """What every source has in common. The first dimension counts rows."""

    batch_size: int | None = Field(default=None, ge=1, description="all rows when left out")
    shuffle: bool = False
    drop_last: bool = False
    requires_grad: bool = Field(default=False, description="whether the input has a .grad too")
    synthetic: bool = Field(default=False, description="seeded random rows instead of the files")


class ValuesData(Data):
    """Numbers in the file."""

    source: Literal["values"]
    input: Numbers
    target: Numbers

    @model_validator(mode="after")
    def _has_equal_rows(self) -> ValuesData:
        rows_in, rows_out = count_rows(self.input), count_rows(self.target)
        if not rows_in or not rows_out:
            raise ValueError("a single number has no rows: write a list, one item per row")
        if rows_in != rows_out:
            is_flat = isinstance(self.target, list) and not isinstance(self.target[0], list)
            raise ValueError(row_mismatch(rows_in, rows_out, is_flat=is_flat))
        return self


class RandomData(Data):
    """Seeded random tensors by shape."""

    source: Literal["random"]
    input: Random
    target: Random

    @model_validator(mode="after")
    def _has_equal_rows(self) -> RandomData:
        rows_in, rows_out = self.input.shape[0], self.target.shape[0]
        if rows_in != rows_out:
            is_flat = len(self.target.shape) == 1
            raise ValueError(row_mismatch(rows_in, rows_out, is_flat=is_flat))
        return self


class FileData(Data):
    """Rows in a file, looked for beside the config. `like` gives the shapes for `synthetic`."""

    path: str
    scale: Finite = Field(default=1.0, description="the input is multiplied by this")
    like: dict[Literal["input", "target"], Random] | None = None


class CsvData(FileData):
    """Columns of a CSV file with a header line, by name."""

    source: Literal["csv"]
    input: list[str] = Field(min_length=1)
    target: Annotated[
        Annotated[list[str], Field(min_length=1), Tag("‹list›")] | Annotated[str, Tag("‹other›")],
        Discriminator(_is_list),
    ]


class ArrayData(FileData):
    """Arrays of an `.npz` or `.safetensors` file, by key. `shape` is a row's, if it differs."""

    source: Literal["npz", "safetensors"]
    input: str
    target: str
    shape: list[int] | None = None


class CifarData(FileData):
    """CIFAR-10 as it is published, in its binary or Python version: a folder, or a tar archive."""

    source: Literal["cifar10"]
    path: str = "data/cifar-10-batches-bin"
    split: Literal["train", "test"] = "train"
    rows: int | None = Field(default=None, ge=1, description="the first rows only")


class DatasetData(Data):
    """A `torch.utils.data.Dataset` of the user's, as `package.module:Name`; `like` as for files."""

    source: Literal["dataset"]
    cls: str = Field(alias="class", pattern=CLASS)
    args: list[object] = []
    kwargs: dict[str, object] = {}
    like: dict[Literal["input", "target"], Random] | None = None


AnyData = Annotated[
    ValuesData | RandomData | CsvData | ArrayData | CifarData | DatasetData,
    Field(discriminator="source"),
]


SOURCES: dict[str, type[Data]] = {
    "values": ValuesData,
    "random": RandomData,
    "csv": CsvData,
    "npz": ArrayData,
    "safetensors": ArrayData,
    "cifar10": CifarData,
    "dataset": DatasetData,
}


class ZeroGrad(Section):
    """How gradients are cleared."""

    set_to_none: bool = True


class Loop(Section):
    """The loop itself. `average` divides each micro-batch's loss by their number."""

    epochs: int | None = Field(default=None, ge=1)
    updates: int | None = Field(default=None, ge=1, description="stop after so many")
    zero_grad: Annotated[
        Annotated[ZeroGrad, Tag("‹section›")] | Annotated[bool, Tag("‹other›")],
        Discriminator(_is_section),
    ] = True
    accumulate: int = Field(default=1, ge=1, description="micro-batches per update")
    average: bool = True
    seed: int = Field(default=0, ge=0, lt=2**63)
    device: str = "cpu"
    dtype: Literal["float32", "float64", "bfloat16", "float16"] = "float32"
    threads: int | None = Field(default=None, ge=1, le=1024)
    deterministic: bool = False


class Diagnose(Section):
    """What the verdict leaves out: rules by code (`BT101`, `BT2`) or by pattern."""

    ignore: list[Annotated[str, AfterValidator(read_rule_name)]] = []


class Config(Section):
    """A training run.

    `compare` names variants for `backtrace compare`: each is a set of keys and their new values.
    """

    model: Annotated[
        Annotated[list[Layer], Field(min_length=1), Tag("‹list›")]
        | Annotated[ModelClass, Tag("‹other›")],
        Discriminator(_is_list),
    ]
    init: dict[
        str,
        Annotated[
            Annotated[TorchCall, Tag("‹section›")] | Annotated[Numbers, Tag("‹other›")],
            Discriminator(_is_section),
        ],
    ] = {}
    loss: dict[str, MixTerm] = Field(min_length=1)
    optimizer: Optimizer
    scheduler: Scheduler | None = None
    clip: Clip | None = None
    data: AnyData
    loop: Loop = Loop()
    compare: dict[str, dict[str, object]] = {}
    diagnose: Diagnose = Diagnose()
    expect: Expect = Expect()
    language: Literal["en", "zh"] | None = Field(
        default=None, description="of what is shown; --lang counts more, LANG less"
    )

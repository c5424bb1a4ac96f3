"""The links of the layers: how a gradient goes through one, and into its parameters."""

from __future__ import annotations

from dataclasses import dataclass, replace

from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from backtrace.explain.derive.element_products import convolution_products, linear_products
from backtrace.explain.derive.observed import LayerCall
from backtrace.explain.derive.parts import Factor, Link
from backtrace.explain.derive.tensor_numbers import to_numbers
from backtrace.explain.derive.worked_factors import name_worked
from backtrace.explain.rules.linear import flat_rows
from backtrace.explain.working import work_out
from backtrace.explain.working.worked import FEW, GivenCall

_CONVOLUTIONS = (nn.Conv1d, nn.Conv2d, nn.Conv3d)
_MAXIMA = (nn.MaxPool1d, nn.MaxPool2d, nn.MaxPool3d)
_NORMS = (_BatchNorm, nn.LayerNorm, nn.GroupNorm)
_LETTERS = {"weight": "w", "bias": "b"}
_AFFINE = {"weight": ("γ", r"\gamma"), "bias": ("β", r"\beta")}
_LOWER = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


@dataclass(frozen=True)
class Symbols:
    """How the input and the output of a layer are called, as text and as LaTeX."""

    x: str
    y: str
    x_latex: str
    y_latex: str

    @property
    def grad(self) -> str:
        """The gradient at the output."""
        return f"∂L/∂{self.y}"

    @property
    def grad_latex(self) -> str:
        """The same as LaTeX."""
        return slope_latex(self.y_latex)


def slope_latex(bottom: str) -> str:
    """Return ∂L/∂bottom as LaTeX."""
    return rf"\frac{{\partial L}}{{\partial {bottom}}}"


def name_layer(at: int, count: int) -> Symbols:
    """Return the symbols of layer `at` of `count`: x, y₁, y₂, …, ŷ."""
    x, x_latex = (f"y{at}".translate(_LOWER), f"y_{{{at}}}") if at else ("x", "x")
    if at == count - 1:
        return Symbols(x, "ŷ", x_latex, r"\hat{y}")
    return Symbols(x, f"y{at + 1}".translate(_LOWER), x_latex, f"y_{{{at + 1}}}")


def parameter_symbol(module: nn.Module, name: str) -> tuple[str, str]:
    """Return w for a weight, b for a bias, γ and β for a normalization's, as text and LaTeX.

    What has a longer name of its own goes by that.
    """
    if isinstance(module, _NORMS):
        return _AFFINE.get(name, (name, _latex_name(name)))
    letter = _LETTERS.get(name)
    return (letter, letter) if letter else (name, _latex_name(name))


def _latex_name(name: str) -> str:
    return rf"\text{{{name.replace('_', ' ')}}}"


def link_input(call: LayerCall, symbols: Symbols, grad: Tensor, result: Tensor) -> Link:
    """Return the link from a layer's output to its input."""
    known = _word_input(call, symbols, tuple(grad.shape))
    formula, latex, shapes = known or (_formula(call), "", _moved(grad, result))
    worked = _work_out(call, symbols, grad, "")
    if worked is not None:
        formula = worked.formula
    return Link(
        place=call.name,
        kind=type(call.module).__name__,
        symbol=f"∂L/∂{symbols.x}",
        formula=formula,
        latex=latex and f"{slope_latex(symbols.x_latex)} = {latex}",
        result=to_numbers(result),
        factors=_input_factors(call, symbols) if worked is None else worked.factors,
        shapes=shapes,
    )


def link_autograd(call: LayerCall, symbols: Symbols, why: str, *, grad: Tensor) -> Link:
    """Return the link over what has no rule: autograd's gradient at a layer's output."""
    return Link(
        place=call.name,
        kind=type(call.module).__name__,
        symbol=symbols.grad,
        formula="autograd's gradient at this point",
        latex=rf"{symbols.grad_latex} = \text{{the gradient by autograd}}",
        result=to_numbers(grad),
        source="autograd",
        note=why,
    )


def link_parameter(
    call: LayerCall, symbols: Symbols, name: str, grad: Tensor, result: Tensor
) -> Link:
    """Return the link from a layer's output to one of its parameters."""
    letter, latex = parameter_symbol(call.module, name)
    worked = _work_out(call, symbols, grad, name)
    link = Link(
        place=call.name,
        kind=type(call.module).__name__,
        symbol=f"∂L/∂{letter}",
        formula=_formula(call) if worked is None else worked.formula,
        latex="",
        result=to_numbers(result),
        factors=() if worked is None else worked.factors,
        shapes=_moved(grad, result),
    )
    head = f"{slope_latex(latex)} = "
    if type(call.module) is nn.Linear:
        return _link_linear(link, call, symbols, grad, head)
    if type(call.module) in _CONVOLUTIONS:
        return _link_convolution(link, call, symbols, grad, head)
    return link


def max_magnitude(call: LayerCall, name: str, grad: Tensor, result: Tensor) -> float:
    """Return the largest sum of magnitudes behind an element; where the rule is a sum of products.

    That is Linear's and a convolution's own rule, of magnitudes. For others it is the largest
    element of the result.
    """
    found = result
    if call.rule and type(call.module) in (nn.Linear, *_CONVOLUTIONS):
        sizes = tuple(x.abs() for x in call.inputs)
        found = call.rule.backward(call.module, sizes, call.outputs, (grad.abs(),)).parameters[name]
    return float(found.abs().max()) if found.numel() else 0.0


@dataclass(frozen=True)
class _WorkedLink:
    """A rule's formula in the derivation's names, and the quantities in it."""

    formula: str
    factors: tuple[Factor, ...]


def _work_out(call: LayerCall, symbols: Symbols, grad: Tensor, wanted: str) -> _WorkedLink | None:
    given = GivenCall(call.inputs, call.outputs, (grad, *call.grads[1:]))
    found = work_out(call.module, given, wanted)
    if found is None:
        return None
    names = {"x": symbols.x, "y": symbols.y, "g": symbols.grad}
    factors = [name_worked(each, names) for each in found.steps]
    used = "".join(each.formula + each.symbol for each in found.steps) + found.formula
    if "{x}" in used:
        factors.insert(0, Factor(symbols.x, symbols.x_latex, to_numbers(call.inputs[0])))
    return _WorkedLink(found.formula.format(**names), tuple(factors))


def _input_factors(call: LayerCall, symbols: Symbols) -> tuple[Factor, ...]:
    """Return what the formulas of the layers that are taught first are filled with."""
    if type(call.module) in (nn.Linear, *_CONVOLUTIONS):
        weight = dict(call.module.named_parameters())["weight"]
        return (Factor("w", "w", to_numbers(weight)),)
    if type(call.module) in (nn.ReLU, *_MAXIMA):
        return (Factor(symbols.x, symbols.x_latex, to_numbers(call.inputs[0])),)
    return ()


def _formula(call: LayerCall) -> str:
    """Return the rule's own formula, in which x.g is ∂L/∂x and y.g is ∂L/∂ of its output."""
    return call.rule.formula if call.rule else ""


def _moved(grad: Tensor, result: Tensor) -> tuple[str, ...]:
    shapes = str(tuple(grad.shape)), str(tuple(result.shape))
    return shapes if shapes[0] != shapes[1] else shapes[:1]


def _word_input(
    call: LayerCall, symbols: Symbols, shape: tuple[int, ...]
) -> tuple[str, str, tuple[str, ...]] | None:
    """Return formula, LaTeX and shapes of the layers that are taught first."""
    module, x = call.module, call.inputs[0]
    grad, latex = symbols.grad, symbols.grad_latex
    own = tuple(x.shape)
    if type(module) is nn.Linear:
        rows, n_in, n_out = len(flat_rows(x)), module.in_features, module.out_features
        shapes = (
            *_as_rows(shape, (rows, n_out)), f"({rows}, 1, {n_out}) × ({n_in}, {n_out})",
            str((rows, n_in, n_out)), "sum over the last", str((rows, n_in)),
            *([str(own)] if own != (rows, n_in) else []),
        )  # fmt: skip
        return f"Σ {grad}·w", rf"\sum_{{\text{{out}}}} {latex} \cdot w", shapes
    if type(module) in _CONVOLUTIONS:
        weight = dict(module.named_parameters())["weight"]
        moved = f"{shape} × {tuple(weight.shape)}", "a window is added at each place", str(own)
        return f"Σ w·{grad}", rf"\sum w \cdot {latex}", moved
    if type(module) is nn.ReLU:
        formula = f"{grad}·[{symbols.x} > 0]"
        return formula, rf"{latex} \cdot [{symbols.x_latex} \gt 0]", (str(shape),)
    if type(module) in _MAXIMA:
        formula = f"{grad} where {symbols.x} is its window's maximum, else 0"
        how = rf"\text{{ where }} {symbols.x_latex} \text{{ is its window's maximum, else 0}}"
        return formula, f"{latex} {how}", (str(shape), str(own))
    if type(module) is nn.Flatten:
        text = rf"{latex} \text{{ in the shape of }} {symbols.x_latex}"
        return f"{grad} in the shape of {symbols.x}", text, (str(shape), str(own))
    return None


def _as_rows(shape: tuple[int, ...], rows: tuple[int, int]) -> tuple[str, ...]:
    return (str(shape),) if shape == rows else (str(shape), f"as rows {rows}")


def _link_linear(link: Link, call: LayerCall, symbols: Symbols, grad: Tensor, head: str) -> Link:
    x, g = flat_rows(call.inputs[0]), flat_rows(grad)
    (rows, n_in), n_out = x.shape, g.shape[1]
    is_few = n_out == 1 and rows <= FEW
    start = _as_rows(tuple(grad.shape), (rows, n_out))
    if link.symbol == "∂L/∂b":
        return replace(
            link,
            formula=f"Σ {symbols.grad}",
            latex=rf"{head}\sum_n {symbols.grad_latex}",
            shapes=(*start, "sum over the first", str((n_out,))),
            products=tuple((float(each),) for each in g) if is_few else (),
        )
    fits = is_few and n_in == 1
    pairs = zip(g.flatten(), x.flatten(), strict=True) if fits else ()
    text = f"∂{symbols.y}/∂w = {symbols.x}"
    top, bottom = rf"\partial {symbols.y_latex}", r"\partial w"
    latex = rf"\frac{{{top}}}{{{bottom}}} = {symbols.x_latex}"
    return replace(
        link,
        formula=f"Σ {symbols.grad}·{symbols.x}",
        latex=rf"{head}\sum_n {symbols.grad_latex} \cdot {symbols.x_latex}",
        factors=(Factor(text, latex, to_numbers(call.inputs[0])),),
        shapes=(
            *start, f"({rows}, {n_in}, 1) × ({rows}, 1, {n_out})", str((rows, n_in, n_out)),
            "sum over the first", str((n_in, n_out)), f"transposed {(n_out, n_in)}",
        ),
        products=tuple((float(one), float(other)) for one, other in pairs),
        elements=linear_products(call.inputs[0], grad),
    )  # fmt: skip


def _link_convolution(
    link: Link, call: LayerCall, symbols: Symbols, grad: Tensor, head: str
) -> Link:
    shape = tuple(grad.shape)
    if link.symbol == "∂L/∂b":
        return replace(
            link,
            formula=f"Σ {symbols.grad}",
            latex=rf"{head}\sum_{{n, \text{{places}}}} {symbols.grad_latex}",
            shapes=(str(shape), "sum over rows and places", str(link.result.shape)),
        )
    x, module = call.inputs[0], call.module
    assert isinstance(module, _CONVOLUTIONS)
    return replace(
        link,
        formula=f"Σ {symbols.grad}·{symbols.x} at each offset of the window",
        latex=rf"{head}\sum_{{n, \text{{places}}}} {symbols.grad_latex} \cdot {symbols.x_latex}",
        factors=(Factor(symbols.x, symbols.x_latex, to_numbers(x)),),
        elements=convolution_products(module, x, grad),
        shapes=(f"{shape} × {tuple(x.shape)} shifted by each offset", "sum over rows and places",
                str(link.result.shape)),
    )  # fmt: skip

"""A formula as numpy functions: value, gradient and Hessian, exact and vectorised.

Each is a program: a list of kernels with the registers that they read and write. Nothing is compiled to Python code.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from math import prod
from operator import itemgetter
from typing import Any, Final

import numpy as np

from gdanim.arrays import Matrix, Scalar, Vector
from gdanim.formula.derivatives import differentiate, needs_care
from gdanim.formula.floats import AtPoint, on_floats
from gdanim.formula.graph import Graph, Node, ordered
from gdanim.formula.kernels import KERNELS, Kernel, power_kernel
from gdanim.formula.parser import Expression
from gdanim.formula.special import Array
from gdanim.formula.tree import Tree
from gdanim.formula.vocabulary import VARIABLES

_FLOAT64: Final = np.dtype(np.float64)

BLOCK: Final = 8192  # points at a time: about ten registers of this length stay in the cache


class FormulaFunctions:
    """Value, gradient and Hessian at points x (…, d), in float64. Results are new arrays that the caller may change.

    Results are NaN outside the domain and may be infinite. Each program is built when it is first used.
    Raises FormulaError where a parameter has no value, or a value makes a constant part undefined or infinite.
    """

    point_by_point = False
    differenced = 0.0

    def __init__(self, expression: Expression, parameters: Mapping[str, float]) -> None:
        constants = expression.bind(parameters)
        self.dim = len(expression.variables)
        self._tree, self._names = expression.written_out(constants), (expression.variables, constants)
        self._quick = _Programs(self._tree, *self._names, careful=False)
        self._needs_care = needs_care(self._quick.f)

    @cached_property
    def _careful(self) -> _Programs:
        return _Programs(self._tree, *self._names, careful=True)

    def value(self, x: Vector) -> Scalar:
        """f at x: (…)."""
        return self._evaluate(self._quick.value, x, ())

    def gradient(self, x: Vector) -> Vector:
        """∇f at x: (…, d)."""
        return self._repaired(x, self._evaluate(self._quick.gradient, x, (self.dim,)))

    def hessian(self, x: Vector) -> Matrix:
        """The second derivatives of f at x: (…, d, d)."""
        return self._repaired(x, self._evaluate(self._quick.hessian, x, (self.dim, self.dim)))

    @property
    def gradient_on_floats(self) -> AtPoint | None:
        """∇f at one point (d,), the same to the last bit, in a fraction of the time; None where it is not the same."""
        return self._quick.gradient_on_floats

    def blur(self, x: Vector) -> Scalar:
        """How far from x derivatives are means: they are exact. (…)."""
        return np.zeros(x.shape[:-1])

    def raw_value_and_gradient(self, x: Vector) -> tuple[Scalar, Vector]:
        """f and ∇f at x: (…), (…, d). Cheaper than one after the other: what both need is computed once.

        It may warn: for loops inside one np.errstate, which costs more time than x**2.
        """
        x, flat = self._points(x)
        value, gradient = np.empty(len(flat)), np.empty_like(flat)  # laid out as x is
        if self.dim == 1:  # apart: it saves a tenth of the time of x**2 at one point
            self._quick.value_and_gradient.run([flat[:, 0]], [value, gradient[:, 0]])
        elif self.dim == 2:
            self._quick.value_and_gradient.run([flat[:, 0], flat[:, 1]], [value, gradient[:, 0], gradient[:, 1]])
        else:
            self._quick.value_and_gradient.run(list(flat.T), [value, *gradient.T])
        self._repaired(flat, gradient)
        return (value, gradient) if x is flat else (value.reshape(x.shape[:-1]), gradient.reshape(x.shape))

    def _evaluate(self, program: Program, x: Vector, shape: tuple[int, ...]) -> Array:
        """The results of a program at x, as an array of the given shape at each point: (…, *shape)."""
        x, flat = self._points(x)
        results = np.empty((len(flat), prod(shape)))
        with np.errstate(all="ignore"):
            program.run(_columns(flat), [results[:, i] for i in range(results.shape[1])])
        return results.reshape((*x.shape[:-1], *shape))

    def _repaired(self, x: Vector, derivatives: Array) -> Array:
        """Derivatives (…, d) or (…, d, d) at x (…, d); those that are NaN are computed anew, with care, in their place.

        Care costs several times as much: it is taken at the few points that need it.
        """
        if self._needs_care and (lost := np.isnan(derivatives)).any():
            x, _ = self._points(x)
            at = lost.reshape(*x.shape[:-1], -1).any(axis=-1)
            shape = derivatives.shape[x.ndim - 1 :]
            careful = self._careful.gradient if len(shape) == 1 else self._careful.hessian
            derivatives[at] = self._evaluate(careful, x[at], shape)
        return derivatives

    def _points(self, x: Vector) -> tuple[Vector, Vector]:
        """x as an array (…, d), and as a list of points (n, d)."""
        if type(x) is np.ndarray and x.dtype is _FLOAT64 and x.ndim == 2 and x.shape[1] == self.dim:
            return x, x
        x = np.asarray(x, np.float64)
        if x.ndim == 0 or x.shape[-1] != self.dim:
            raise ValueError(f"points of shape (…, {self.dim}) are needed, not {x.shape}")
        return x, x if x.ndim == 2 else x.reshape(-1, self.dim)


class _Programs:
    """The programs of one graph, each built when it is first used."""

    def __init__(self, tree: Tree, variables: Sequence[str], constants: Mapping[str, float], *, careful: bool) -> None:
        graph = Graph(careful=careful)
        self.dim = len(variables)
        # Whatever a person calls them, the variables are x and y here, or x1 … xd.
        own = VARIABLES[: self.dim] if self.dim <= len(VARIABLES) else [f"x{i + 1}" for i in range(self.dim)]
        self._variables = [graph.variable(name) for name in own]
        names = {name: graph.number(value) for name, value in constants.items()}
        names.update(zip(variables, self._variables, strict=True))
        self.f = graph.read(tree, names)

    @cached_property
    def _slopes(self) -> list[Node]:
        return [differentiate(self.f, variable) for variable in self._variables]

    @cached_property
    def value(self) -> Program:
        return Program(self._variables, [self.f])

    @cached_property
    def gradient(self) -> Program:
        return Program(self._variables, self._slopes)

    @cached_property
    def gradient_on_floats(self) -> AtPoint | None:
        return on_floats(self._variables, self._slopes)

    @cached_property
    def value_and_gradient(self) -> Program:
        return Program(self._variables, [self.f, *self._slopes])

    @cached_property
    def hessian(self) -> Program:
        dim = self.dim
        # ∂²f/∂y∂x is taken from ∂²f/∂x∂y: simplified otherwise, it could differ in its last bits.
        upper = {(i, j): differentiate(self._slopes[i], self._variables[j]) for i in range(dim) for j in range(i, dim)}
        return Program(self._variables, [upper[min(i, j), max(i, j)] for i in range(dim) for j in range(dim)])


def _columns(points: Vector) -> list[Array]:
    """Each coordinate of points (n, d), as a view (n,)."""
    if points.shape[1] == 1:
        return [points[:, 0]]  # apart: it saves a tenth of the time of x**2 at one point
    return list(points.T)


class Program:
    """A list of kernels that compute some nodes of a graph, the results, from its variables.

    The registers hold, in this order, the variables, the constants, the results and intermediate values.
    """

    def __init__(self, variables: Sequence[Node], results: Sequence[Node]) -> None:
        nodes = ordered(results)
        # 0-d arrays: numpy takes twice as long to read a Python float.
        numbers = [node for node in nodes if node.value is not None]
        self._constants = [np.array(node.value) for node in numbers]
        self._calls: list[tuple[Kernel, Callable[[Sequence[Array]], tuple[Array, ...]]]] = []
        given = [*variables, *numbers]
        register = {node: i for i, node in enumerate(given)}
        n_fixed = len(given) + len(results)
        self._scratch: list[int] = []
        result_of = {node: len(given) + i for i, node in reversed(list(enumerate(results))) if node not in register}

        last_use = {arg: node for node in nodes for arg in node.args}
        free: list[int] = []
        for node in nodes:
            if node in register:
                continue
            kernel, args = KERNELS[node.op], node.args
            if node.op == "pow" and (exponent := node.args[1].value) is not None:
                kernel, args = power_kernel(exponent), node.args[:1]
            done = {register[arg] for arg in args if last_use[arg] is node and register[arg] >= n_fixed}
            if isinstance(kernel, np.ufunc):
                free, done = [*free, *done], set()  # a ufunc may write over what it reads
            if node in result_of:
                register[node] = result_of[node]
            elif free:
                register[node] = free.pop()
            else:
                register[node] = n_fixed + len(self._scratch)
                self._scratch.append(register[node])
            free.extend(done)
            self._calls.append((kernel, itemgetter(*[register[arg] for arg in args], register[node])))
        # Results that are constants, variables or the same as another result are copied.
        for i, node in enumerate(results, start=len(given)):
            if register[node] != i:
                self._calls.append((np.positive, itemgetter(register[node], i)))

    def run(self, variables: list[Array], results: list[Array]) -> None:
        """Fill the results (n,) from the variables (n,)."""
        n = len(results[0])
        if n <= BLOCK:
            registers = [*variables, *self._constants, *results]
            for _ in self._scratch:
                registers.append(np.empty(n))
            for kernel, operands in self._calls:
                kernel(*operands(registers))
            return
        scratch = [np.empty(BLOCK) for _ in self._scratch]
        for start in range(0, n, BLOCK):
            block = slice(start, start + BLOCK)
            part = [row[: n - start] for row in scratch]
            self._call_kernels([*[v[block] for v in variables], *self._constants, *[r[block] for r in results], *part])

    def _call_kernels(self, registers: list[Any]) -> None:
        for kernel, operands in self._calls:
            kernel(*operands(registers))

"""Formulas at one point, on Python's floats: numpy takes five times as long for an operation on a single number.

Only where both round alike, to the last bit: sums, differences, products and whole powers.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from gdanim.formula.graph import Node, ordered
from gdanim.formula.kernels import multiplied_bits

Step = tuple[Callable[[float, float], float], int, int, int]  # an operation, the registers it reads, the one it fills
AtPoint = Callable[[Sequence[float]], list[float]]

_OPERATIONS: Final[Mapping[str, Callable[[float, float], float]]] = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
}


def on_floats(variables: Sequence[Node], results: Sequence[Node]) -> AtPoint | None:
    """What computes some nodes of a graph from its variables; None where it takes more than the four operations."""
    tape = _Tape(variables)
    if not all(tape.takes(node) for node in ordered(results)):
        return None
    fixed, steps, found = tape.fixed, tape.steps, [tape.place[node] for node in results]

    def at(x: Sequence[float]) -> list[float]:
        registers = [*x, *fixed]
        for operation, one, other, out in steps:
            registers[out] = operation(registers[one], registers[other])
        return [registers[i] for i in found]

    return at


class _Tape:
    """Steps that fill registers, one after the other.

    place  the register of each node: the variables come first
    fixed  what the other registers hold in the beginning: a factor that changes signs, numbers, and 0 for results
    """

    def __init__(self, variables: Sequence[Node]) -> None:
        self.place = {node: i for i, node in enumerate(variables)}
        self.fixed: list[float] = []
        self.steps: list[Step] = []
        self._n_given = len(variables)
        self._opposite = self._register(-1.0)

    def takes(self, node: Node) -> bool:
        """Put a node on the tape whose arguments are there; whether it can be."""
        if node in self.place:
            return True
        args = [self.place[arg] for arg in node.args]
        if node.value is not None:
            self.place[node] = self._register(node.value)
        elif node.op in _OPERATIONS:
            self.place[node] = self._step(_OPERATIONS[node.op], args[0], args[1])
        elif node.op == "neg":
            self.place[node] = self._step(operator.mul, args[0], self._opposite)
        elif node.op == "pow" and (bits := multiplied_bits(node.args[1].value)) is not None:
            self.place[node] = self._power(args[0], bits)
        return node in self.place

    def _power(self, base: int, bits: str) -> int:
        """As power_kernel() multiplies it."""
        power = base
        for bit in bits:
            power = self._step(operator.mul, power, power)
            power = self._step(operator.mul, power, base) if bit == "1" else power
        return power

    def _step(self, operation: Callable[[float, float], float], one: int, other: int) -> int:
        out = self._register(0.0)
        self.steps.append((operation, one, other, out))
        return out

    def _register(self, value: float) -> int:
        self.fixed.append(value)
        return self._n_given + len(self.fixed) - 1

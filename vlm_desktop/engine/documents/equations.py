"""What must add up in a document: variables, equations over them, and rules that offer several.

Pure; importing it does not import numpy. Documents differ in what their sums hold (tax within the
prices or on top, a discount taken off before or after), so a rule is a list of equations, the
usual one first, and holds when one of them does.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from vlm_desktop.base.documents import CheckKind

Key = tuple[str, int]
"""A value by name and row."""
Numbers = dict[Key, Decimal]

HALF_A_CENT = Decimal("0.005")
_ROUNDED = Decimal("0.015")


@dataclass(frozen=True, slots=True)
class Variable:
    """A number of the document. `characters` are confidences of those of `raw`, or empty;
    `magnitude` says that the sign does not count (discounts are printed with and without);
    `others` are further meanings or finds of it with what they cost: (raw, value, cost)."""

    key: Key
    raw: str
    value: Decimal
    characters: tuple[float, ...] = ()
    magnitude: bool = False
    others: tuple[tuple[str, Decimal, float], ...] = ()


class Equation(Protocol):
    """Something that must hold. `price` is how unusual it is, in nats."""

    @property
    def keys(self) -> tuple[Key, ...]: ...

    @property
    def price(self) -> float: ...

    def holds(self, numbers: Mapping[Key, Decimal]) -> bool: ...

    def solutions(self, numbers: Mapping[Key, Decimal]) -> Iterator[tuple[Key, Decimal]]:
        """For each number what it must be, the others staying, for the equation to hold."""


@dataclass(frozen=True, slots=True)
class Linear:
    """The sum of sign * number over the terms is zero, within `slack`; with `to_coin` within two
    cents and the number of the last term a multiple of five."""

    terms: tuple[tuple[Key, int], ...]
    price: float = 0.0
    slack: Decimal = HALF_A_CENT
    to_coin: bool = False

    @property
    def keys(self) -> tuple[Key, ...]:
        return tuple(key for key, _ in self.terms)

    def rest(self, numbers: Mapping[Key, Decimal]) -> Decimal:
        return sum((sign * numbers[key] for key, sign in self.terms), Decimal(0))

    def holds(self, numbers: Mapping[Key, Decimal]) -> bool:
        if self.to_coin and numbers[self.terms[-1][0]] % Decimal("0.05"):
            return False
        return abs(self.rest(numbers)) <= self.slack

    def solutions(self, numbers: Mapping[Key, Decimal]) -> Iterator[tuple[Key, Decimal]]:
        if not self.to_coin:
            rest = self.rest(numbers)
            for key, sign in self.terms:
                yield key, numbers[key] - sign * rest


@dataclass(frozen=True, slots=True)
class Product:
    """quantity * unit price = amount; with `rounded` the unit price may be rounded to cents itself,
    which counts once for each piece."""

    quantity: Key
    unit: Key
    amount: Key
    rounded: bool = False
    price: float = 0.0

    @property
    def keys(self) -> tuple[Key, ...]:
        return (self.quantity, self.unit, self.amount)

    def holds(self, numbers: Mapping[Key, Decimal]) -> bool:
        quantity, unit = numbers[self.quantity], numbers[self.unit]
        slack = HALF_A_CENT
        if self.rounded and -int(unit.normalize().as_tuple().exponent) <= 2:
            slack += min(abs(quantity) * HALF_A_CENT, _ROUNDED)
        return abs(quantity * unit - numbers[self.amount]) <= slack

    def solutions(self, numbers: Mapping[Key, Decimal]) -> Iterator[tuple[Key, Decimal]]:
        quantity, unit, amount = (numbers[key] for key in self.keys)
        yield self.amount, (quantity * unit).quantize(Decimal("0.01"))
        for key, other in ((self.quantity, unit), (self.unit, quantity)):
            for places in (Decimal("1"), Decimal("0.01"), Decimal("0.001")) if other else ():
                near = (amount / other).quantize(places)
                here = {self.quantity: quantity, self.unit: unit, self.amount: amount, key: near}
                if near and self.holds(here):
                    yield key, near
                    break


@dataclass(frozen=True, slots=True)
class Share:
    """tax = rate per cent of the base; with `included` the base holds the tax."""

    rate: Key
    base: Key
    tax: Key
    included: bool = False
    price: float = 0.0

    @property
    def keys(self) -> tuple[Key, ...]:
        return (self.rate, self.base, self.tax)

    def holds(self, numbers: Mapping[Key, Decimal]) -> bool:
        return abs(self._tax(numbers) - numbers[self.tax]) <= Decimal("0.02")

    def solutions(self, numbers: Mapping[Key, Decimal]) -> Iterator[tuple[Key, Decimal]]:
        yield self.tax, self._tax(numbers).quantize(Decimal("0.01"))

    def _tax(self, numbers: Mapping[Key, Decimal]) -> Decimal:
        rate = numbers[self.rate] / 100
        base = numbers[self.base]
        return base * rate / (1 + rate) if self.included else base * rate


@dataclass(frozen=True, slots=True)
class RoundRate:
    """The tax is a rate of whole or half per cents, as nearly all are, of one of the bases: sums of
    sign * number."""

    bases: tuple[tuple[tuple[Key, int], ...], ...]
    tax: Key
    price: float = 0.0

    @property
    def keys(self) -> tuple[Key, ...]:
        return (self.tax, *(key for base in self.bases for key, _ in base))

    def holds(self, numbers: Mapping[Key, Decimal]) -> bool:
        tax = numbers[self.tax]
        for terms in self.bases:
            base = sum((sign * numbers[key] for key, sign in terms), Decimal(0))
            rate = (tax / base * 200).to_integral_value() / 200 if base else Decimal(1)
            if rate < 1 and abs(base * rate - tax) <= 2 * HALF_A_CENT:
                return True
        return False

    def solutions(self, numbers: Mapping[Key, Decimal]) -> Iterator[tuple[Key, Decimal]]:
        return iter(())


@dataclass(frozen=True, slots=True)
class Positive:
    """The number is above zero, as quantities mostly are."""

    key: Key
    price: float = 0.0

    @property
    def keys(self) -> tuple[Key, ...]:
        return (self.key,)

    def holds(self, numbers: Mapping[Key, Decimal]) -> bool:
        return numbers[self.key] > 0

    def solutions(self, numbers: Mapping[Key, Decimal]) -> Iterator[tuple[Key, Decimal]]:
        return iter(())


@dataclass(frozen=True, slots=True)
class Rule:
    """Holds when one of its equations holds; `keys` are those of its first one. `target` is the
    value that is compared when it is told what was expected."""

    kind: CheckKind
    equations: tuple[Equation, ...]
    target: Key
    detail: str = ""

    @property
    def keys(self) -> tuple[Key, ...]:
        return self.equations[0].keys

    def holds(self, numbers: Mapping[Key, Decimal]) -> bool:
        return any(equation.holds(numbers) for equation in self.equations)

"""The rules that the values of one document should fulfil, from what each field is for.

Pure; importing it does not import numpy.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from itertools import combinations
from typing import TYPE_CHECKING

from vlm_desktop.base.documents import CheckKind
from vlm_desktop.engine.documents.equations import (
    Equation,
    Key,
    Linear,
    Positive,
    Product,
    RoundRate,
    Rule,
    Share,
    Variable,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_ADDED = ("tax", "tip", "service", "shipping", "rounding")
_EXTRAS = (*_ADDED, "discount")
_POSITIVE = ("subtotal", "total", "tax", "tip", "service", "shipping")
_TAXED = ("service", "shipping", "discount")
_UNUSUAL = 0.7
"""What each part that is left out of, or added to, the usual sum costs, in nats."""
_MOST_WITHIN = 2
"""How many parts the prices may hold already: tax and a discount, say."""
_ROUNDED = 1.0
"""What a unit price costs that only holds when it is rounded."""
_ODD_RATE = 2.0
"""What a tax costs that is no round rate of the subtotal."""
_RETURNED = 2.5
"""What a quantity or a sum below zero costs, as on a credit note."""

Variables = dict[Key, Variable]


def rules_of(variables: Variables, roles: Mapping[str, str]) -> tuple[Rule, ...]:
    """All rules whose values are there."""
    book = _Book(variables, roles)
    return (
        *_lines(book),
        *_items(book),
        *_totals(book),
        *_tax(book),
        *_payment(book),
        *_balances(book),
    )


def wishes_of(variables: Variables, roles: Mapping[str, str]) -> tuple[tuple[Equation, float], ...]:
    """What mostly holds beside the rules, with what it costs when it does not."""
    book = _Book(variables, roles)
    positive = [*book.column("quantity").values()]
    positive += [key for role in _POSITIVE if (key := book.one(role))]
    wishes: list[tuple[Equation, float]] = [(Positive(key), _RETURNED) for key in positive]
    tax, subtotal = book.one("tax"), book.one("subtotal")
    if tax is not None and subtotal is not None and book.one("tax_rate") is None:
        taxed = [(key, _sign(role)) for role in _TAXED if (key := book.one(role))]
        bases = (((subtotal, 1),), ((subtotal, 1), *taxed))
        wishes.append((RoundRate(bases, tax), _ODD_RATE))
    return tuple(wishes)


class _Book:
    """The variables by what they are for."""

    def __init__(self, variables: Variables, roles: Mapping[str, str]) -> None:
        self.variables = variables
        self._roles = roles
        rows: dict[str, dict[int, Key]] = {}
        for key in variables:
            rows.setdefault(key[0], {})[key[1]] = key
        self._rows = rows

    def one(self, role: str) -> Key | None:
        """The value of a role outside of tables."""
        found = self._rows.get(self._roles.get(role, ""), {})
        return next(iter(found.values()), None)

    def column(self, role: str) -> dict[int, Key]:
        """The values of a column by row."""
        return self._rows.get(self._roles.get(role, ""), {})

    def number(self, key: Key) -> Decimal:
        return self.variables[key].value


def _lines(book: _Book) -> Iterator[Rule]:
    quantities, units = book.column("quantity"), book.column("unit_price")
    products = [
        Product(quantities[row], units[row], amount)
        for row, amount in book.column("amount").items()
        if row in quantities and row in units
    ]
    basis = _other_basis(book, products)
    for product in products:
        if not basis:
            rounded = replace(product, rounded=True, price=_ROUNDED)
            yield Rule(CheckKind.LINE, (product, rounded), product.amount, "line")


def _other_basis(book: _Book, products: list[Product]) -> bool:
    """Whether unit prices are without tax and amounts with it, or the other way round."""
    ratios = []
    for product in products:
        plain = book.number(product.quantity) * book.number(product.unit)
        amount = book.number(product.amount)
        if plain and abs(plain - amount) > Decimal("0.02"):
            ratios.append(amount / plain)
    if len(ratios) < max(2, len(products) // 2):
        return False
    middle = sorted(ratios)[len(ratios) // 2]
    return all(abs(ratio - middle) < Decimal("0.01") for ratio in ratios)


def _items(book: _Book) -> Iterator[Rule]:
    """The lines' amounts add up to the subtotal, or to the total, with or without extras."""
    amounts = tuple((key, 1) for key in book.column("amount").values())
    if not amounts or book.one("closing"):
        return
    extras = [(role, key) for role in _EXTRAS if (key := book.one(role))]
    equations: list[Equation] = []
    for role in ("subtotal", "total"):
        target = book.one(role)
        if target is None:
            continue
        usual = {name for name, _ in extras if role == "total"}
        for count in range(len(extras) + 1):
            for chosen in combinations(extras, count):
                names = {name for name, _ in chosen}
                price = _UNUSUAL * len(names ^ usual) + (0.5 if role == "total" else 0.0)
                if names == {"tax"} or not names:
                    price = min(price, _UNUSUAL)
                terms = (*amounts, *((key, _sign(name)) for name, key in chosen))
                equations.append(Linear((*terms, (target, -1)), price))
        if role == "total" and "tax" in dict(extras):  # the lines are without tax, nothing says so
            equations.append(Linear((*amounts, (dict(extras)["tax"], 1), (target, -1)), 0.5))
    if equations:
        target = book.one("subtotal") or book.one("total")
        yield _rule(CheckKind.SUM, equations, target, "items")


def _totals(book: _Book) -> Iterator[Rule]:
    """Subtotal and extras add up to the total."""
    subtotal, total = book.one("subtotal"), book.one("total")
    extras = [(role, key) for role in _EXTRAS if (key := book.one(role))]
    if subtotal is None or total is None or not extras:
        return
    equations: list[Equation] = []
    apart = [one for one in extras if not _may_be_within(book, one[1], total)]
    for count in range(len(extras), max(-1, len(extras) - 1 - _MOST_WITHIN), -1):
        for chosen in combinations(extras, count):
            if not set(apart) <= set(chosen):
                continue
            price = _UNUSUAL * (len(extras) - count)
            terms = ((subtotal, 1), *((key, _sign(name)) for name, key in chosen), (total, -1))
            equations.append(Linear(terms, price))
            if count == len(extras) and "rounding" not in dict(extras):
                equations.append(Linear(terms, _UNUSUAL, to_coin=True, slack=Decimal("0.025")))
    discount = dict(extras).get("discount")
    if discount is not None:  # the gross amount less the agency's commission is the net amount
        equations.append(Linear(((total, 1), (discount, -1), (subtotal, -1)), _UNUSUAL))
    yield _rule(CheckKind.SUM, equations, total, "total")


def _may_be_within(book: _Book, part: Key, total: Key) -> bool:
    """Whether prices may hold this part already: tax, discount or charges below half of all."""
    return abs(book.number(part)) * 2 < abs(book.number(total))


def _tax(book: _Book) -> Iterator[Rule]:
    rate, tax = book.one("tax_rate"), book.one("tax")
    if rate is None or tax is None or not 0 < book.number(rate) < 100:
        return
    equations: list[Equation] = []
    subtotal, total = book.one("subtotal"), book.one("total")
    if subtotal is not None:
        equations.append(Share(rate, subtotal, tax))
    if total is not None:
        equations.append(Share(rate, total, tax, included=True, price=_UNUSUAL))
    if equations:
        yield _rule(CheckKind.TAX, equations, tax, "tax")


def _payment(book: _Book) -> Iterator[Rule]:
    paid, change, total = book.one("paid"), book.one("change"), book.one("total")
    if paid is not None and change is not None and total is not None:
        terms = ((paid, 1), (change, -1), (total, -1))
        coin = Linear(terms, _UNUSUAL, slack=Decimal("0.025"))
        yield _rule(CheckKind.SUM, [Linear(terms), coin], total, "payment")


def _balances(book: _Book) -> Iterator[Rule]:
    """Bookings lead from the opening balance to the closing one, and from line to line."""
    moves = [(key, 1) for key in book.column("amount").values()]
    moves += [(key, 1) for key in book.column("credit").values()]
    moves += [(key, -1) for key in book.column("debit").values()]
    opening, closing = book.one("opening"), book.one("closing")
    if opening is not None and closing is not None and moves:
        terms = ((opening, 1), *moves, (closing, -1))
        yield _rule(CheckKind.SUM, [Linear(terms)], closing, "balance")
    running = book.column("balance")
    for row, balance in running.items():
        before = running.get(row - 1) or (opening if row == min(running) else None)
        here = [(key, sign) for key, sign in moves if key[1] == row]
        if before is not None and here:
            yield _rule(
                CheckKind.SUM, [Linear(((before, 1), *here, (balance, -1)))], balance, "balance"
            )


def _rule(kind: CheckKind, equations: list[Equation], target: Key | None, detail: str) -> Rule:
    ordered = sorted(equations, key=lambda one: one.price)
    return Rule(kind, tuple(ordered), target or ordered[0].keys[-1], detail)


def _sign(role: str) -> int:
    return -1 if role == "discount" else 1

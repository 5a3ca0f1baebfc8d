"""When sums fail: the smallest changes of single readings that make them hold.

Pure; importing it does not import numpy; any thread. A uniform-cost search over sets of changes:
from the cheapest set on, it takes a rule that fails and tries, for each of its numbers, what the
number would have to be (costed by how unlikely it is to be read as it was) and what its digits are
often taken for. Nothing is applied: sets of changes are offered, the likeliest first.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from typing import TYPE_CHECKING

from vlm_desktop.base.documents import Repair
from vlm_desktop.engine.documents.misreading import cost, printed, rewritten, slips

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from decimal import Decimal

    from vlm_desktop.engine.documents.equations import Equation, Key, Numbers, Rule
    from vlm_desktop.engine.documents.rules import Variables

MOST_OFFERED = 5
_MOST_CHANGES = 3
_DEAREST_CHANGE = 11.0
"""Nats: a change less likely than this is none that a reader makes."""
_DEAREST = (11.0, 15.5, 21.0)
"""Nats for one, two and three changes together."""
_WORSE = 6.0
"""How much less likely than the best an offer may be."""
_LIKELY = 9.0
"""Nats for each change: dearer solutions are compared with ones of more changes."""
_MOST_LOOKS = 400
_MOST_TRIED = 20_000
"""Numbers tried for one document: hundreds of lines that all fail end here."""


@dataclass(frozen=True, slots=True)
class Change:
    """One number as it may have been printed."""

    key: Key
    raw: str
    value: Decimal
    cost: float


@dataclass(frozen=True, slots=True)
class Solution:
    """Changes that make all rules hold together that failed; `cost` is their sum and how unusual
    the sums are that then hold."""

    changes: tuple[Change, ...]
    cost: float


class Solver:
    """Over the numbers and rules of one document.

    `wishes` need not hold, but what makes them hold is likelier by their price.
    """

    def __init__(
        self,
        variables: Variables,
        rules: Sequence[Rule],
        wishes: Sequence[tuple[Equation, float]] = (),
    ) -> None:
        self._wishes = wishes
        self._variables = variables
        self._rules = rules
        self._numbers: Numbers = {key: one.value for key, one in variables.items()}
        self._of: dict[Key, list[int]] = {}
        for index, rule in enumerate(rules):
            for key in {key for equation in rule.equations for key in equation.keys}:
                self._of.setdefault(key, []).append(index)
        self._printed = {
            key: printed(one.raw, one.value, one.characters, one.magnitude)
            for key, one in variables.items()
        }
        self._tried = 0
        self._known: dict[tuple[Key, Decimal], Change | None] = {}
        self._alternatives: dict[Key, tuple[Change, ...]] = {}

    @cached_property
    def failing(self) -> tuple[int, ...]:
        """Indices of the rules that do not hold as the numbers were read."""
        return tuple(
            index for index, rule in enumerate(self._rules) if not rule.holds(self._numbers)
        )

    def repairs(self) -> dict[int, tuple[Solution, ...]]:
        """For each rule that fails the changes that make it hold without breaking another.

        Rules that fail together, having numbers in common, are repaired together if they can be.
        """
        found: dict[int, tuple[Solution, ...]] = {}
        for group in self._groups():
            together = self._search(group)
            for index in group:
                found[index] = together if together or len(group) == 1 else self._search({index})
        return found

    def _groups(self) -> Iterator[set[int]]:
        """Failing rules that have numbers in common."""
        left = set(self.failing)
        while left:
            group, edge = set(), {left.pop()}
            while edge:
                index = edge.pop()
                group.add(index)
                keys = {key for one in self._rules[index].equations for key in one.keys}
                near = {other for key in keys for other in self._of[key]} & left
                left -= near
                edge |= near
            yield group

    def _search(self, wanted: set[int]) -> tuple[Solution, ...]:
        """The cheapest sets of changes after which the wanted rules hold, and those that did.

        One change first; more only where no single one is likely.
        """
        found: tuple[Solution, ...] = ()
        for most in range(1, _MOST_CHANGES + 1):
            found = self._cheapest(wanted, most)
            if found and found[0].cost <= _LIKELY * most:
                break
        return found

    def _cheapest(self, wanted: set[int], most: int) -> tuple[Solution, ...]:
        """Uniform-cost search over sets of up to `most` changes."""
        order = count()
        waiting: list[tuple[float, int, tuple[Change, ...]]] = [(0.0, next(order), ())]
        seen: set[frozenset[tuple[Key, Decimal]]] = set()
        found: list[Solution] = []
        for _ in range(_MOST_LOOKS):
            if not waiting or self._tried > _MOST_TRIED:
                break
            spent, _, changes = heapq.heappop(waiting)
            best = min((one.cost for one in found), default=_DEAREST[-1])
            if found and (spent > best + _WORSE or len(found) >= MOST_OFFERED):
                break
            state = frozenset((change.key, change.value) for change in changes)
            if state in seen:
                continue
            seen.add(state)
            numbers = {**self._numbers, **{change.key: change.value for change in changes}}
            broken = self._broken(wanted, changes, numbers)
            if broken is None:
                found.append(Solution(changes, spent + self._oddity(wanted, numbers)))
                continue
            if len(changes) == most:
                continue
            for change in self._next(broken, changes, numbers, most == 2):
                total = spent + change.cost
                if total <= _DEAREST[most - 1] and not _contained(found, (*changes, change)):
                    heapq.heappush(waiting, (total, next(order), (*changes, change)))
        return tuple(sorted(found, key=lambda one: one.cost))

    def _oddity(self, wanted: set[int], numbers: Numbers) -> float:
        """How unusual the sums are that hold, and the wishes that do not."""
        sums = sum(
            min(one.price for one in self._rules[index].equations if one.holds(numbers))
            for index in wanted
        )
        return sums + sum(price for wish, price in self._wishes if not wish.holds(numbers))

    def _broken(
        self, wanted: set[int], changes: tuple[Change, ...], numbers: Numbers
    ) -> Rule | None:
        """A rule that must hold and does not; the one with the fewest numbers, which says most."""
        touched = {index for change in changes for index in self._of[change.key]}
        must = wanted | (touched - set(self.failing))
        broken = [index for index in must if not self._rules[index].holds(numbers)]
        if not broken:
            return None
        return self._rules[min(broken, key=lambda index: (len(self._rules[index].keys), index))]

    def _next(
        self, rule: Rule, changes: tuple[Change, ...], numbers: Numbers, blindly: bool
    ) -> Iterator[Change]:
        """Further changes towards a rule.

        The first of two may be made `blindly`: it solves nothing alone.
        """
        fixed = {change.key for change in changes}
        tried: set[tuple[Key, Decimal]] = set()
        for equation in rule.equations:
            for change in self._solving(equation, fixed, numbers):
                if (change.key, change.value) not in tried:
                    tried.add((change.key, change.value))
                    yield change
        if blindly and not changes:
            for key in dict.fromkeys(key for one in rule.equations for key in one.keys):
                if key not in fixed:
                    yield from self._likely(key)

    def _solving(self, equation: Equation, fixed: set[Key], numbers: Numbers) -> Iterator[Change]:
        """Changes of one number that make an equation hold at once."""
        for key, needed in equation.solutions(numbers):
            self._tried += 1
            if key in fixed or needed == numbers[key]:
                continue
            change = self._change(key, needed)
            if change is not None:
                yield change

    def _change(self, key: Key, needed: Decimal) -> Change | None:
        """The likeliest way to read what was printed as `needed` like it was read."""
        if (key, needed) not in self._known:
            variable = self._variables[key]
            options = [
                Change(key, raw, value, price)
                for raw, value, price in variable.others
                if value == needed
            ]
            was = self._printed[key]
            if was is not None and not (variable.magnitude and needed < 0):
                price, decimals = cost(was, needed)
                if price <= _DEAREST_CHANGE:
                    options.append(Change(key, rewritten(was, needed, decimals), needed, price))
            best = min(options, key=lambda one: one.cost, default=None)
            self._known[key, needed] = best
        return self._known[key, needed]

    def _likely(self, key: Key) -> tuple[Change, ...]:
        """What a number's digits are often taken for."""
        if key not in self._alternatives:
            variable = self._variables[key]
            cheapest: dict[Decimal, Change] = {}
            was = self._printed[key]
            options = [Change(key, raw, value, price) for raw, value, price in variable.others]
            if was is not None:
                options += [
                    Change(key, rewritten(was, value, decimals), value, price)
                    for value, price, decimals in slips(was, variable.value)
                    if not (variable.magnitude and value < 0)
                ]
            for change in options:
                known = cheapest.get(change.value)
                if change.cost <= _DEAREST_CHANGE and (known is None or change.cost < known.cost):
                    cheapest[change.value] = change
            self._tried += len(cheapest)
            self._alternatives[key] = tuple(cheapest.values())
        return self._alternatives[key]

    def as_repairs(self, solution: Solution) -> tuple[Repair, ...]:
        """A solution as it is offered."""
        return tuple(
            Repair(
                change.key[0],
                change.key[1],
                self._variables[change.key].raw,
                change.raw,
                f"{change.value:f}",
                round(change.cost, 2),
            )
            for change in solution.changes
        )


def _contained(found: list[Solution], changes: tuple[Change, ...]) -> bool:
    """Whether fewer of these changes are enough already."""
    return any(set(solution.changes) <= set(changes) for solution in found)

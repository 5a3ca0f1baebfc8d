"""Pictures by letters: A, B ... Z, AA ..."""

from collections.abc import Iterable, Iterator
from itertools import count


def letters(taken: Iterable[str] = ()) -> Iterator[str]:
    """Letters in order, without those that are taken."""
    used = set(taken)
    for number in count():
        letter = _letter(number)
        if letter not in used:
            yield letter


def _letter(number: int) -> str:
    name = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        name = chr(ord("A") + rest) + name
    return name

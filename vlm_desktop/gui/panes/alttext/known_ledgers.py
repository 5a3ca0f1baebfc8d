"""What was found of texts while the window is open, by their words."""

from collections import deque

from vlm_desktop.base.altchecks import Claim, Field, Ledger

Place = tuple[int, str, Field]
_MOST_TEXTS = 24
"""Texts of one field whose claims are known, so that undoing brings back what was found."""


class KnownLedgers:
    """Of each image, language and field. Undo brings a text back, and what is known of it."""

    def __init__(self) -> None:
        self._ledgers: dict[Place, deque[Ledger]] = {}
        self._approved: dict[tuple[int, str], set[tuple[str, str]]] = {}

    def keep(self, place: Place, ledger: Ledger) -> None:
        known = self._ledgers.setdefault(place, deque(maxlen=_MOST_TEXTS))
        for one in [one for one in known if one.text == ledger.text]:
            known.remove(one)
        known.append(ledger)

    def of(self, place: Place, text: str) -> tuple[Ledger | None, bool]:
        """The ledger of that very text, else the last there is; and whether it is of that text."""
        known = self._ledgers.get(place, ())
        for one in known:
            if one.text == text:
                return one, True
        return (known[-1], False) if known else (None, False)

    def is_approved(self, image_id: int, language: str, claim: Claim) -> bool:
        return (claim.kind, claim.text) in self._approved.get((image_id, language), ())

    def approve(self, image_id: int, language: str, claim: Claim) -> bool:
        """Approve a claim, or take that back. Returns whether it is approved now."""
        known = self._approved.setdefault((image_id, language), set())
        known ^= {(claim.kind, claim.text)}
        return (claim.kind, claim.text) in known

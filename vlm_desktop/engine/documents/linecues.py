"""What a single line of text looks like: a company, an address, a title, a way to reach someone."""

import re
from dataclasses import dataclass
from functools import lru_cache

from vlm_desktop.base.documents import DocumentLocale
from vlm_desktop.engine.documents.datevalues import date_spans
from vlm_desktop.engine.documents.pageindex import fold, tokens_of
from vlm_desktop.engine.documents.vocabulary import apart, vocabulary

_POSTCODE = re.compile(
    r"\b(?:[A-Z]{1,2}[- ])?\d{4,6}(?:-\d{3,4})?\b(?!\s*[-:/])|\b\d{4}\s?[A-Z]{2}\b"
    r"|\b[A-Z]{1,2}\d[A-Z\d]?\s\d[A-Z]{2}\b|\b[A-Z]{2}\s\d{5}\b"
)
_HOUSE = re.compile(
    r"^\W*(?:no|lot|unit|suite|lt|blk|block|p\.?o\.?)\W{0,2}[a-z]?\W?\d"
    r"|\b\d+[a-z]?[,\s]+(?:jalan|jln|lorong|rue|avenue|av)\b|^\W*\d{1,5}[a-z]?\W+[^\W\d]{3,}"
    r"|[^\W\d]{4,}\.?\s\d{1,4}\s?[a-z]?$|\b\d+(?:st|nd|rd|th)\b", re.I,
)  # fmt: skip
_CONTACT = re.compile(
    r"\b(?:tel|phone|ph|fax|hp|mobile|hotline|telefon|telefono|e-?mail|www|http|website)\b\.?|@"
    r"|\+?\d[\d ()-]{7,}\d", re.I,
)  # fmt: skip
_REGISTRATION = re.compile(
    r"\b(?:reg|gst|vat|roc|ssm|ust|mwst|siret|siren|rcs|kvk|nif|cif|iva|tva|btw|hrb|tax id|gstin"
    r"|co\.?\s?(?:no|reg)|company\s?(?:no|reg)|registration|steuernummer)\b|\(?\b\d{5,7}\s?-\s?[A-Z]\b"
    r"|^\W*(?:20\d{10}|00\d{10})", re.I,
)  # fmt: skip
_MONEY = re.compile(r"\d[.,]\d\d(?!\d)|[$\u20ac\u00a3]")
_TIME = re.compile(r"\b\d{1,2}:\d\d\b")
_ANYWHERE = DocumentLocale()
_OPEN = re.compile(r"[,&/(-]\s*$|\b(?:and|und|et|of|de)\s*$", re.I)


@dataclass(frozen=True, slots=True)
class LineCues:
    """Shares and flags of 0..1."""

    legal: float
    company: float
    street: float
    house: float
    postcode: float
    place: float
    title: float
    phrase: float
    contact: float
    registration: float
    money: float
    digits: float
    colon: float
    capitals: float
    open_end: float
    dated: float

    @property
    def addressness(self) -> float:
        """How much the line looks like a part of an address, below zero where it cannot be."""
        plus = (
            min(1.0, self.street) + 0.7 * self.house + 0.8 * self.postcode + 0.7 * self.place
            + 0.3 * self.open_end
        )  # fmt: skip
        minus = (
            1.2 * self.contact + 1.2 * self.registration + self.money + 0.8 * self.title
            + 0.6 * self.colon + 0.8 * self.phrase + 1.5 * self.dated
        )  # fmt: skip
        return max(-1.0, min(1.5, plus - minus))


@lru_cache(maxsize=4096)
def cues_of(text: str) -> LineCues:
    """What one line shows."""
    book = vocabulary()
    words = [token.text for token in apart(tokens_of(text), book.known)]
    letters = sum(sign.isalpha() for sign in text)
    capitals = sum(sign.isupper() for sign in text)
    pieces = {fold(piece).strip(",;:()") for piece in text.split()}

    def hits(name: str) -> int:
        cues = book.cues[name]
        return sum(word in cues for word in words) + sum(
            piece in cues for piece in pieces if not piece.isalpha()
        )

    registration = _REGISTRATION.search(text)
    contact = _CONTACT.search(text) if not registration else None
    return LineCues(
        legal=min(1.0, float(hits("legal"))),
        company=min(1.0, hits("company") / 2),
        street=min(1.0, hits("street") / 2),
        house=float(bool(_HOUSE.search(text))),
        postcode=float(bool(_POSTCODE.search(text)) and not registration),
        place=min(1.0, float(hits("place"))),
        title=min(1.0, hits("title") / max(1, len(words)) * 1.5),
        phrase=min(1.0, hits("phrase") / max(1, len(words)) * 2),
        contact=float(bool(contact)),
        registration=float(bool(registration)),
        money=float(bool(_MONEY.search(text))),
        digits=sum(sign.isdigit() for sign in text) / max(1, len(text)),
        colon=float(":" in text),
        capitals=capitals / max(1, letters),
        open_end=float(bool(_OPEN.search(text))),
        dated=float(bool(_TIME.search(text)) or any(date_spans(text, _ANYWHERE))),
    )

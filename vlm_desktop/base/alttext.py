"""Alt text: what is decided about an image, what is written for it, and how far that has come.

Importing it does not import numpy.

    AltSet n-m AltImage 1-n AltText (one a language) 1-n AltEvent (append-only history)

The terms are those of the W3C WAI images decision tree and of IPTC photo metadata: `alt` is
AltTextAccessibility, `extended` is ExtDescrAccessibility.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from vlm_desktop.base.events import Event

if TYPE_CHECKING:
    from pathlib import Path

    from vlm_desktop.base.types import Size


class Decision(StrEnum):
    """What an image is for, after the W3C's decision tree. A person decides."""

    UNDECIDED = ""
    INFORMATIVE = "informative"
    DECORATIVE = "decorative"
    """Its alt text is empty, and said to be so on purpose."""
    FUNCTIONAL = "functional"
    """It does something: its alt text names the action or the destination."""
    TEXT = "text"
    """It shows words: its alt text is those words."""
    COMPLEX = "complex"
    """A chart, a map, a diagram: alt text and an extended description."""
    GROUP = "group"
    """One of several that say one thing together: the member that leads carries the text."""


class AltState(StrEnum):
    """How far the text of one image in one language has come."""

    EMPTY = "empty"
    DRAFT = "draft"
    NEEDS_FACTS = "needs-facts"
    IN_REVIEW = "in-review"
    APPROVED = "approved"
    STALE = "stale"
    """Approved, but the image's bytes have changed since."""


class Author(StrEnum):
    """Whose words a text is. What a person wrote or approved is never overwritten."""

    NOBODY = ""
    HUMAN = "human"
    MODEL = "model"
    FILE = "file"
    """Found in the file's metadata, a sidecar, a page or a table."""


class AltStyle(StrEnum):
    CONCISE = "concise"
    DETAILED = "detailed"
    FUNCTIONAL = "functional"
    # Captions, not alt text:
    DESCRIPTIVE = "descriptive"
    TECHNICAL = "technical"
    CREATIVE = "creative"
    POETIC = "poetic"


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a text goes, and the most it takes there. `limit` 0 is none.

    `graphemes` says whether the limit counts what people see as one character (UAX #29)
    rather than code points.
    """

    key: str
    limit: int
    graphemes: bool = False


DESTINATIONS = (
    Destination("web", 125),
    Destination("x", 1000),
    Destination("mastodon", 1500, graphemes=True),
    Destination("bluesky", 2000, graphemes=True),
)
"""Besides these a person makes their own, with the key "custom"."""


@dataclass(frozen=True, slots=True)
class PageContext:
    """What stands around an image where it is used. All of it is plain text, never markup."""

    page_title: str = ""
    heading: str = ""
    before: str = ""
    after: str = ""
    caption: str = ""
    title: str = ""
    """The image's own title attribute."""
    link_target: str = ""
    """The address it links to, or "button" for an image that is a button."""
    link_text: str = ""
    """The other words of the same link or button; empty where the image stands alone in it."""

    @property
    def says_anything(self) -> bool:
        return any((self.page_title, self.heading, self.before, self.after, self.caption,
                    self.title, self.link_target, self.link_text))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Brief:
    """What whoever writes is told. Each set of images has one; a person edits it.

    `names` are people and things that may be named because a person said who they are,
    `glossary` maps words to the ones that are preferred. `language` is a BCP 47 tag.
    `people_policy` "neutral" names no guessed race, gender, disability or identity; "as-told"
    uses what `names` and the context say.
    """

    style: AltStyle = AltStyle.CONCISE
    destination: Destination = DESTINATIONS[0]
    language: str = "en"
    audience: str = ""
    names: tuple[str, ...] = ()
    glossary: tuple[tuple[str, str], ...] = ()
    notes: str = ""
    people_policy: str = "neutral"
    candidates: int = 1


@dataclass(frozen=True, slots=True)
class StructuredDescription:
    """A description in parts. What nothing is known of is empty."""

    brief: str = ""
    subject: str = ""
    colours: tuple[str, ...] = ()
    text: str = ""
    mood: str = ""


@dataclass(frozen=True, slots=True)
class WrittenBy:
    """Who wrote a text: a person, or which model from which prompt and seed."""

    author: Author = Author.NOBODY
    model_id: str = ""
    revision: str = ""
    prompt: str = ""
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Candidate:
    """One way to say it. `notes` are codes of what the person should know: "starter" (a small
    model wrote it), "cut" (it was shortened to the limit), "opening" (a forbidden opening was
    taken off), "ocr" (the words are those that were read in the image), "context", "translated",
    "apart" (of a batch: taken because it says something that the look-alikes' texts do not).
    """

    alt: str
    extended: str = ""
    structured: StructuredDescription = StructuredDescription()
    written_by: WrittenBy = WrittenBy()
    logprob: float | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Drafted(Event):
    """A candidate is done; drafting yields `Token`s between them, `Drafted` after each."""

    candidate: Candidate


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What the program would decide, and why. `reasons` are (code, detail) pairs, the strongest
    first: ("text-area", "38"), ("tiny", "16 x 16"), ("linked", "https://..."), ("near-duplicate",
    "3"), ("caption-says-it", "...") and the like. `confidence` is between 0 and 1.
    """

    decision: Decision
    reasons: tuple[tuple[str, str], ...]
    confidence: float
    text: str = ""
    """The text read in the image, where the decision is TEXT."""
    group: tuple[int, ...] = ()
    """Images that belong together, the one that should lead first."""


@dataclass(frozen=True, slots=True)
class AltText:
    """What is written for an image in one language."""

    language: str = "en"
    alt: str = ""
    extended: str = ""
    state: AltState = AltState.EMPTY
    written_by: WrittenBy = WrittenBy()
    changed_at: str = ""
    """ISO 8601 in UTC."""
    approved_hash: str = ""
    """The content hash of the image when it was approved; "" where it was not."""


@dataclass(frozen=True, slots=True)
class AltImage:
    """An image that owes a text, where it is used.

    `path` is where its bytes can be read: the photo itself, the file beside the page, or a copy
    that was taken out of the document; None where they are far away or gone. An image of a page
    has the page's `document` and the `place` in it, a key that the page's reader gives out and
    finds again. So one photo on two pages has two texts.
    """

    id: int
    path: Path | None
    document: Path | None
    place: str
    name: str
    """For a person: the file's name, or what the page calls it."""
    content_hash: str
    size: Size
    decision: Decision = Decision.UNDECIDED
    decided_by: Author = Author.NOBODY
    suggestion: Suggestion | None = None
    lead_id: int | None = None
    """Of a group: the image that carries the text; itself where it leads."""
    context: PageContext = PageContext()
    notes: str = ""
    texts: tuple[AltText, ...] = ()
    risk: float | None = None
    """0 to 1, the larger the sooner a person should look; None until it was judged."""
    risk_reasons: tuple[str, ...] = ()
    """Codes: "disagreement", "low-support", "text", "people", "near-duplicate", "finding"."""
    missing: bool = False
    """Its file was not there when last looked for."""
    problem: str = ""
    """A `Refusal`'s value where its file could not be read."""

    def text(self, language: str) -> AltText:
        """The text in that language; an empty one where there is none."""
        for one in self.texts:
            if one.language == language:
                return one
        return AltText(language)


class SetSource(StrEnum):
    FILES = "files"
    FOLDER = "folder"
    HITS = "hits"
    PAGE = "page"


@dataclass(frozen=True, slots=True)
class AltSet:
    """A queue of images with one brief. `counts` are images by state in the brief's language."""

    id: int
    name: str
    source: SetSource
    origin: Path | None
    brief: Brief
    created_at: str
    images: int = 0
    counts: tuple[tuple[AltState, int], ...] = ()
    decorative: int = 0


class AltAct(StrEnum):
    """What happened to an image or its text, as the history tells it."""

    DRAFTED = "drafted"
    EDITED = "edited"
    STATE = "state"
    APPROVED = "approved"
    DECIDED = "decided"
    IMPORTED = "imported"
    KEPT_OURS = "kept-ours"
    """An import said something else, and what a person had written stayed."""
    TRANSLATED = "translated"
    WRITTEN = "written"
    """Into the file, a sidecar or a page."""
    WENT_STALE = "went-stale"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision, who took it, and the image that leads where it is GROUP."""

    decision: Decision = Decision.UNDECIDED
    by: Author = Author.NOBODY
    lead_id: int | None = None


@dataclass(frozen=True, slots=True)
class AltEvent:
    """A line of the history, never changed or deleted. Texts are those before and after."""

    id: int
    image_id: int
    language: str
    at: str
    act: AltAct
    before: AltText
    after: AltText
    written_by: WrittenBy = WrittenBy()
    detail: str = ""
    batch: str = ""
    """Acts of one batch carry the same key, so that they are undone together."""
    decided: tuple[Decided, Decided] | None = None
    """Before and after, of an act that decided; its language is ""."""


@dataclass(frozen=True, slots=True)
class TrainingPair:
    """An approved text and what it was made from: what a model may learn from."""

    image_id: int
    path: Path | None
    content_hash: str
    language: str
    draft: str
    draft_model: str
    approved: str
    extended: str
    decision: Decision
    approved_at: str


@dataclass(frozen=True, slots=True)
class Coverage:
    """How far a set has come. A count of what was written, not a claim of conformance.

    Counts by state are those of the brief's language, `language`.
    """

    name: str
    images: int
    by_state: tuple[tuple[AltState, int], ...] = ()
    by_decision: tuple[tuple[Decision, int], ...] = ()
    missing: int = 0
    """Images that need a text and have none approved: all but the decorative ones, and those
    whose group's lead carries it."""
    findings: tuple[tuple[str, int], ...] = ()
    """Lint rules and how often each spoke, the most frequent first."""
    rows: tuple[AltImage, ...] = field(default=())
    language: str = "en"
    by_language: tuple[tuple[str, tuple[tuple[AltState, int], ...]], ...] = ()
    """The states of every language that anything is written in."""
    row_findings: tuple[tuple[str, ...], ...] = ()
    """The rules that spoke, of each of `rows`."""

    @property
    def decorative(self) -> int:
        return dict(self.by_decision).get(Decision.DECORATIVE, 0)

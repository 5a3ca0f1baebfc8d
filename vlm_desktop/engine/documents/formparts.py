"""Runs of words on a form that are read as one: part of a label, of a value, of a heading.

    lines of the reading -> gaps that are judged -> `Part`s -> who stands beside and above whom

A `Part` stands on one row. Finding neighbours looks at a few rows about each part, so that a page
of many thousand parts stays affordable.
"""

import bisect
import re
import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from vlm_desktop.base.boxes import around
from vlm_desktop.base.pagereading import Line, PageReading, Word
from vlm_desktop.base.types import Box
from vlm_desktop.engine.documents.lines import overlap
from vlm_desktop.engine.documents.tables import rows_of
from vlm_desktop.engine.documents.vocabulary import vocabulary, words_of

Features: TypeAlias = dict[str, float]
Cells: TypeAlias = Mapping[int, tuple[int, int, int]]
"""Of words that lie in a table: its number, the row and the column."""
MOST_PARTS = 3_000
"""Parts of one page that are looked at; forms have a hundred or two."""
ROWS_UP = 30
_ABOVE = 10
"""Parts above that are offered as a label, the nearest first."""
_BESIDE = 5
_MOST_JOIN = 3.0
"""Heights between two lines of a row that may be one part all the same."""
_LEADER = re.compile(r"[._·…\-–—=*]{3,}")
_COLONS = (":", "：")


@dataclass(frozen=True, slots=True)
class Part:
    """`words` are indices into `PageReading.words`, on one row; `cell` is (table, row, column) or
    None."""

    words: tuple[int, ...]
    box: Box
    text: str
    row: int
    cell: tuple[int, int, int] | None = None

    @property
    def height(self) -> float:
        return self.box.y1 - self.box.y0

    @property
    def middle(self) -> float:
        return (self.box.x0 + self.box.x1) / 2


@dataclass(frozen=True)
class FormPage:
    """A page as parts. `rows` hold parts from left to right, rows from the top; `body` is the
    usual height of a part, `box` lies around all text."""

    reading: PageReading
    parts: tuple[Part, ...]
    rows: tuple[tuple[int, ...], ...]
    body: float
    box: Box
    cells: Cells

    @cached_property
    def style(self) -> "Style":
        """How the labels of this page are printed."""
        return style_of([part.text for part in self.parts])

    def left(self, place: int) -> list[int]:
        """Parts of its row that stand left of it, the nearest first."""
        row = self.rows[self.parts[place].row]
        return list(row[: row.index(place)][::-1][:_BESIDE])

    def right(self, place: int) -> list[int]:
        """Parts of its row that stand right of it, the nearest first."""
        row = self.rows[self.parts[place].row]
        return list(row[row.index(place) + 1 :][:_BESIDE])

    def above(self, place: int, most: int = _ABOVE) -> list[int]:
        """Parts of the rows above that share some width with it, the nearest first."""
        return self._sharing(place, range(self.parts[place].row - 1, -1, -1), most)

    def below(self, place: int, most: int = 2) -> list[int]:
        """Parts of the rows below that share some width with it, the nearest first."""
        return self._sharing(place, range(self.parts[place].row + 1, len(self.rows)), most)

    def _sharing(self, place: int, rows: range, most: int) -> list[int]:
        found: list[int] = []
        for number in rows[:ROWS_UP]:
            row = self.rows[number]
            box = self.parts[place].box
            start = bisect.bisect_left(row, box.x0, key=lambda one: self.parts[one].box.x1)
            for other in row[start : start + _BESIDE]:
                if self.parts[other].box.x0 >= box.x1:
                    break
                found.append(other)
                if len(found) >= most:
                    return found
        return found


@dataclass(frozen=True, slots=True)
class Style:
    """`colons` is the share of parts that end in a colon, `cases` how many of those are in small
    letters, capitals, title case and the like."""

    colons: float
    cases: Mapping[str, float]

    def alike(self, text: str) -> float:
        """How many of the page's parts with a colon have a text's letter case, -1..1; 0 where
        hardly any have one."""
        return self.cases.get(case_of(text), -1.0) if self.cases else 0.0


def case_of(text: str) -> str:
    """The kind of a text's letter case, by name."""
    letters = [sign for sign in text if sign.isalpha()]
    if len(letters) < 2:
        return "none"
    if text.upper() == text:
        return "capitals"
    if text.lower() == text:
        return "small"
    words = [word for word in text.split() if word[0].isalpha()]
    if len(words) < 2:
        return "word"
    return "title" if all(word[0].isupper() for word in words) else "sentence"


def style_of(texts: Sequence[str]) -> Style:
    """How those of a page's parts are printed that end in a colon."""
    marked = [text for text in texts if text.rstrip(" ._").endswith(_COLONS)]
    colons = len(marked) / max(1, len(texts))
    cases: dict[str, float] = {}
    if len(marked) >= 3:
        for text in marked:
            cases[case_of(text)] = cases.get(case_of(text), 0.0) + 2.0 / len(marked)
        cases = {name: count - 1.0 for name, count in cases.items()}
    return Style(colons, cases)


def form_page(
    reading: PageReading,
    are_gaps: Callable[[Sequence[Features]], Sequence[bool]],
    sense: Callable[[str], float],
) -> FormPage:
    """Cut and join the lines of a page. `are_gaps` judges by features whether what stands on the
    two sides of each gap is not one; `sense` is how much a text's words are those of labels."""
    columns = Columns(reading)
    words = reading.words
    runs: list[tuple[int, ...]] = []
    chains = list(near_lines(reading))
    cells: Cells = chains[0][1] if chains else {}
    some = [list(gaps(reading, indices, cells, columns, sense)) for indices, _ in chains]
    told = iter(are_gaps([features for one in some for _, features in one]))
    for (indices, _), mine in zip(chains, some, strict=True):
        cut = {place for place, _ in mine if next(told)}
        start = 0
        for place in range(1, len(indices) + 1):
            if place in cut or place == len(indices):
                runs.append(tuple(indices[start:place]))
                start = place
        if len(runs) > MOST_PARTS:
            break
    runs = runs[:MOST_PARTS]
    boxes = [around(words[word].box for word in run) for run in runs]
    rows = rows_of([Line(run, box) for run, box in zip(runs, boxes, strict=True)])
    row_of = {place: number for number, row in enumerate(rows) for place in row}
    parts = tuple(
        Part(run, box, reading.text(run), row_of[place], cells.get(run[len(run) // 2]))
        for place, (run, box) in enumerate(zip(runs, boxes, strict=True))
    )
    body = statistics.median([part.height for part in parts]) if parts else 1.0
    box = around(boxes) if boxes else Box(0, 0, 1, 1)
    ordered = tuple(tuple(sorted(row, key=lambda one: boxes[one].x0)) for row in rows)
    return FormPage(reading, parts, ordered, max(body, 1e-6), box, cells)


def near_lines(reading: PageReading) -> Iterator[tuple[list[int], Cells]]:
    """The words of lines that stand near each other in a row, and the cells of all words."""
    cells = {
        word: (number, cell.row, cell.column)
        for number, table in enumerate(reading.tables)
        for cell in table.cells
        for word in cell.words
    }
    for row in rows_of(reading.lines):
        for chain in _chains(row, reading.lines):
            yield [word for line in chain for word in reading.lines[line].words], cells


def _chains(row: Sequence[int], lines: Sequence[Line]) -> Iterator[list[int]]:
    """Lines of a row that stand near each other."""
    chain: list[int] = []
    for line in row:
        if chain:
            before, box = lines[chain[-1]].box, lines[line].box
            near = box.x0 - before.x1 < _MOST_JOIN * (before.y1 - before.y0)
            if not near or overlap(before, box) <= 0:
                yield chain
                chain = []
        chain.append(line)
    if chain:
        yield chain


class Columns:
    """Where lines begin: what follows a gap right there is rather a value of a column."""

    def __init__(self, reading: PageReading) -> None:
        words = reading.words
        self.lines = sorted(
            (line.box.x0, (line.box.y0 + line.box.y1) / 2) for line in reading.lines
        )
        heights = [line.box.y1 - line.box.y0 for line in reading.lines]
        self.body = statistics.median(heights) if heights else 1.0
        self.after_colon = sorted(
            (words[b].box.x0, (words[b].box.y0 + words[b].box.y1) / 2)
            for line in reading.lines
            for a, b in zip(line.words[:-1], line.words[1:], strict=True)
            if words[a].text.endswith(_COLONS)
        )

    def starts(self, word: Word, where: Sequence[tuple[float, float]]) -> int:
        """How many begin at its left edge within a few rows."""
        reach = 0.45 * self.body
        start = bisect.bisect_left(where, (word.box.x0 - reach, 0.0))
        middle = (word.box.y0 + word.box.y1) / 2
        count = 0
        for x, y in where[start : start + 60]:
            if x > word.box.x0 + reach:
                break
            count += 0.5 * self.body < abs(y - middle) < 14 * self.body
        return count


def gaps(
    reading: PageReading,
    indices: Sequence[int],
    cells: Cells,
    columns: Columns,
    sense: Callable[[str], float],
) -> Iterator[tuple[int, Features]]:
    """Of each gap between neighbours its place (before the word) and what it looks like."""
    words = [reading.words[word] for word in indices]
    widths = [(word.box.x1 - word.box.x0) / max(1, len(word.text)) for word in words]
    letter = max(statistics.median(widths), 1e-6) if widths else 1.0
    sizes = [
        (after.box.x0 - before.box.x1) / letter
        for before, after in zip(words[:-1], words[1:], strict=True)
    ]
    usual = statistics.median(sizes) if sizes else 0.0
    for place in range(1, len(words)):
        size = sizes[place - 1]
        before, after = words[place - 1], words[place]
        found = _gap(before, after, size, usual)
        found["colon_before"] = float(any(w.text.endswith(_COLONS) for w in words[: place - 1]))
        found["colon_after"] = float(
            any(w.text.endswith(_COLONS) for w in words[place + 1 : place + 4])
        )
        rest = [*sizes[: place - 1], *sizes[place:]]
        found["widest"] = float(bool(rest) and size > 1.25 * max(rest))
        found["other_cell"] = float(cells.get(indices[place - 1]) != cells.get(indices[place]))
        found["column"] = min(3, columns.starts(after, columns.lines)) / 3
        found["column_wide"] = found["column"] * min(2.0, max(0.0, size - 0.7))
        found["value_column"] = min(3, columns.starts(after, columns.after_colon)) / 3
        found["sense"] = sense(before.text)
        found["sense_next"] = sense(after.text)
        found["sense_so_far"] = statistics.fmean(sense(w.text) for w in words[:place])
        found["sense_falls"] = max(0.0, sense(before.text) - sense(after.text))
        found["first_word"] = float(place == 1)
        found["last_word"] = float(place == len(words) - 1)
        yield place, found


def _gap(before: Word, after: Word, size: float, usual: float) -> Features:
    one, other = before.text, after.text
    tall = (after.box.y1 - after.box.y0) / max(1e-6, before.box.y1 - before.box.y0)
    label = bool(set(words_of(one)) & vocabulary().naming)
    return {
        "offset": 1.0,
        "gap_tight": float(size < 0.5),
        "gap_over_1": min(1.0, max(0.0, size - 1.0)),
        "gap_over_2": min(2.0, max(0.0, size - 2.0)),
        "gap_over_4": min(6.0, max(0.0, size - 4.0)),
        "gap_odd": min(4.0, max(0.0, size - usual)),
        "colon": float(one.endswith(_COLONS)),
        "colon_wide": float(one.endswith(_COLONS)) * min(3.0, max(0.0, size - 0.5)),
        "colon_starts": float(other.startswith(_COLONS)),
        "colon_next": float(other.endswith(_COLONS)),
        "question_mark": float(one.endswith("?")),
        "number_sign": float(one.endswith(("#", "№"))),
        "hash_next": float(other.startswith("#")),
        "leader": float(bool(_LEADER.search(one)) or bool(_LEADER.match(other))),
        "bracket": float(other.startswith("(")),
        "bracket_ends": float(one.endswith(")")),
        "comma": float(one.endswith((",", "&", "-", "/"))),
        "stop": float(one.endswith(".")),
        "dash": float(one in ("-", "–", "—")),
        "letters_to_digits": float(one[-1:].isalpha() and other[:1].isdigit()),
        "digits_to_letters": float(one[-1:].isdigit() and other[:1].isalpha()),
        "both_digits": float(one[-1:].isdigit() and other[:1].isdigit()),
        "capitals_end": float(
            one.isupper() and len(one) > 1 and other[:1].isupper() != 0 and not other.isupper()
        ),
        "capitals_begin": float(
            len(other) > 1 and other.isupper() and not one.isupper() and one[:1].isalpha()
        ),
        "both_capitals": float(one.isupper() and other.isupper()),
        "lower_next": float(other[:1].islower()),
        "both_lower": float(one[:1].islower() and other[:1].islower()),
        "capital_next": float(other[:1].isupper() and one[:1].islower()),
        "label_word": float(label),
        "label_word_next": float(bool(set(words_of(other)) & vocabulary().naming)),
        "taller": float(tall > 1.35),
        "smaller": float(tall < 0.74),
        "unsure": max(0.0, before.confidence - after.confidence),
        "surer": max(0.0, after.confidence - before.confidence),
        "sign": float(not any(c.isalnum() for c in one)),
        "sign_next": float(not any(c.isalnum() for c in other)),
        "single": float(len(one) == 1),
        "enumerated": float(bool(re.fullmatch(r"\(?[0-9a-zA-Z]{1,2}[.)]", one))),
    }

"""Words of a page as a typist would set them: letters 10 wide and 16 high, spaces 10 wide."""

from vlm_desktop.base.pagereading import Line, TextSource, Word
from vlm_desktop.base.types import Box
from vlm_desktop.engine.documents.lines import lines_of

LETTER, HEIGHT = 10.0, 16.0


def word(text: str, x: float, y: float, source: TextSource = TextSource.OCR) -> Word:
    box = Box(x, y, x + LETTER * len(text), y + HEIGHT)
    return Word(text, box, 0.95, source, (0.95,) * len(text))


def typed(*parts: tuple[float, float, str]) -> list[Word]:
    """Each part is (x, y, text); its words stand a space apart."""
    words = []
    for x, y, text in parts:
        for piece in text.split():
            words.append(word(piece, x, y))
            x += LETTER * (len(piece) + 1)
    return words


def texts(words: list[Word], lines: list[Line] | tuple[Line, ...]) -> list[str]:
    return [" ".join(words[i].text for i in line.words) for line in lines]


def lines_from_top(words: list[Word]) -> list[Line]:
    return sorted(lines_of(words), key=lambda line: (line.box.y0, line.box.x0))

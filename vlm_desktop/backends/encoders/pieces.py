"""SigLIP's SentencePiece tokeniser, step by step as `transformers.SiglipTokenizer` does it.

The piece model is run by the `sentencepiece` library itself: a converted `tokenizers` file differs
from it on rare normalisations (and on what the reference does before), and a differing id is a
differing vector.
"""

import re
from collections.abc import Sequence
from pathlib import Path

import sentencepiece

from vlm_desktop.backends.encoders.cleaning import clean_siglip

_SPACE = "\u2581"
_END, _UNKNOWN = "</s>", "<unk>"
_SPECIAL = re.compile(f"({re.escape(_END)}|{re.escape(_UNKNOWN)})")


class SiglipPieces:
    """A spiece.model with "</s>" for end and padding and "<unk>" for what it does not know."""

    def __init__(self, path: Path) -> None:
        content = path.read_bytes()
        self._model = sentencepiece.SentencePieceProcessor()
        try:
            self._model.LoadFromSerializedProto(content)
        except RuntimeError as error:
            raise ValueError(f"{path.name}: {error}") from error
        self._end = self._model.piece_to_id(_END)
        self._prefix = len(self._model.encode(_UNKNOWN))

    def rows(self, texts: Sequence[str], length: int) -> list[list[int]]:
        return [self._row(text, length) for text in texts]

    def _row(self, text: str, length: int) -> list[int]:
        pieces = self._pieces(_SPACE + text.replace(_SPACE, " "))
        if len(pieces) > 1 and pieces[0] == _SPACE and pieces[1] in (_END, _UNKNOWN):
            pieces = pieces[1:]
        ids = [self._model.piece_to_id(piece) for piece in pieces][: length - 1]
        return ids if ids and ids[-1] == self._end else [*ids, self._end]

    def _pieces(self, text: str) -> list[str]:
        """Special tokens stand for themselves and swallow the white space around them."""
        parts = _SPECIAL.split(text)
        pieces: list[str] = []
        for index, part in enumerate(parts):
            if index % 2:
                pieces.append(part)
                continue
            if index > 0:
                part = part.lstrip()
            if index < len(parts) - 1:
                part = part.rstrip()
            if part:
                pieces += self._plain(part)
        return pieces

    def _plain(self, text: str) -> list[str]:
        """Pieces of ordinary text, led in by "<unk>" so that the first space is kept."""
        pieces: list[str] = self._model.encode(_UNKNOWN + clean_siglip(text), out_type=str)
        return pieces[self._prefix :] if len(pieces) >= self._prefix else pieces

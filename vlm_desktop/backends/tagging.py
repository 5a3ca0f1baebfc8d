"""Parts of speech by HanTa (Hanover Tagger, LGPL), whose models lie in its wheel: no download.

Imported late (`vlm_desktop.backends.late`); making a tagger reads a model of one or two megabytes.
"""

from collections.abc import Sequence

from HanTa import HanoverTagger

MODELS = {"en": "morphmodel_en.pgz", "de": "morphmodel_ger.pgz"}
_LONGEST = 40
"""Letters of a word from which it is no word: its analysis would take as long as it is, squared."""


class HantaTagger:
    """Tags words of one language: English by the tags of the BNC (C5), German by STTS.

    Not thread-safe.
    """

    def __init__(self, language: str) -> None:
        self._tagger = HanoverTagger.HanoverTagger(MODELS[language])

    def tag(self, words: Sequence[str]) -> tuple[tuple[str, str], ...]:
        """(lemma, tag) of each word of one sentence; the tag of what is no word is ""."""
        if not words:
            return ()
        short = [word[:_LONGEST] for word in words]
        return tuple(
            (str(lemma), str(tag) if word.strip() else "")
            for word, (_, lemma, tag) in zip(words, self._tagger.tag_sent(short), strict=True)
        )

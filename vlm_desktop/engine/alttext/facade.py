"""`AppServices.alttext`: alt text as the fronts see it, one attribute a part.

sets       any thread; generators on an io lane     what is kept
batch      lane "model"                             a whole set drafted, translated
coverage   an io lane                               how far a set has come, as a report
drafting   lane "model"                             decisions, drafts, translations
checking   lane "model"                             claims with evidence, strike, blind quiz
files      an io lane, never the main thread        XMP in the file or beside it
pages      an io lane, never the main thread        documents in and back, exports
"""

from collections.abc import Callable
from pathlib import Path

from vlm_desktop.engine.alttext.batch import AltBatch
from vlm_desktop.engine.alttext.checking import Checker
from vlm_desktop.engine.alttext.coverage import CoverageReports, SaveTable
from vlm_desktop.engine.alttext.drafting import Drafter
from vlm_desktop.engine.alttext.files import AltFiles
from vlm_desktop.engine.alttext.keeping import AltSets
from vlm_desktop.engine.alttext.pages import AltPages
from vlm_desktop.engine.encoding import Encoders
from vlm_desktop.engine.preparing import Preparer
from vlm_desktop.media.pool import DecodePool
from vlm_desktop.store.library import Library


class AltTexts:
    """All parts of alt text. Each is made at once and opens nothing before it is used."""

    def __init__(
        self,
        library: Callable[[], Library],
        open_pool: Callable[[], DecodePool],
        preparer: Preparer,
        encoders: Encoders,
        encoder_in_use: Callable[[], str],
        chat_in_use: Callable[[], str],
        files: AltFiles,
        save_table: SaveTable,
        copies: Path,
    ) -> None:
        self.sets = AltSets(library, open_pool, files.read)
        self.drafting = Drafter(preparer.answerer, preparer.pictures, chat_in_use)
        self.checking = Checker(
            preparer.answerer, preparer.pictures, encoders, encoder_in_use, chat_in_use
        )
        self.batch = AltBatch(library, self.sets, self.drafting, self.checking)
        self.coverage = CoverageReports(self.sets, save_table)
        self.files = files
        self.pages = AltPages(copies)

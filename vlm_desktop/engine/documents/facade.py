"""`AppServices.documents`: documents as the fronts see them, one attribute a part.

Every owner adds a line to this list, one to `Documents.__init__`, and what it needs to the call
in `engine.services`.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

from vlm_desktop.backends.protocols import TextReader, WordReader
from vlm_desktop.backends.shelf import ModelCard
from vlm_desktop.base.paths import HomePaths
from vlm_desktop.engine.answering import Answerer
from vlm_desktop.engine.documents.asking import Asker
from vlm_desktop.engine.documents.batch import DocumentBatch
from vlm_desktop.engine.documents.checks import check
from vlm_desktop.engine.documents.comparing import Comparing
from vlm_desktop.engine.documents.exporting import DocumentExports
from vlm_desktop.engine.documents.extracting import Extractor
from vlm_desktop.engine.documents.keeping import KeptDocuments
from vlm_desktop.engine.documents.measuring import Measuring
from vlm_desktop.engine.documents.pages import DocumentPages
from vlm_desktop.engine.documents.reading import DocumentReader
from vlm_desktop.engine.documents.schemas import Schemas
from vlm_desktop.engine.documents.secondreader import SecondReader
from vlm_desktop.media.pool import DecodePool
from vlm_desktop.store.library import Library


class Documents:
    """All parts of documents. Each is made at once and opens nothing before it is used.

    `library` opens the library (raises LibraryError), `open_pool` makes decoder processes,
    `open_reader` a reader of text that is the caller's to close, `other_copies` names older copies
    of the library, `answerer` has models answer, `cards` lists those there are, `open_words` opens
    one that reads words. All from any thread.
    """

    def __init__(
        self,
        paths: HomePaths,
        library: Callable[[], Library],
        open_pool: Callable[[], DecodePool],
        open_reader: Callable[[], TextReader],
        other_copies: Callable[[], tuple[Path, ...]],
        answerer: Callable[[], Answerer],
        cards: Callable[[], Sequence[ModelCard]],
        open_words: Callable[[str], WordReader],
    ) -> None:
        self.pages = DocumentPages(open_pool)
        self.reader = DocumentReader(self.pages, open_reader)
        self.exports = DocumentExports(self.pages, self.reader)
        self.schemas = Schemas(paths.schemas)
        self.extractor = Extractor()
        self.measuring = Measuring(self.reader, self.extractor)
        self.keeping = KeptDocuments(
            library,
            self.pages,
            self.reader,
            self.extractor,
            lambda found, schema: (*check(found, schema), *self.exports.checks(found)),
            self.reader.close,
            other_copies,
        )
        self.batch = DocumentBatch(library, self.pages, self.keeping)
        self.asking = Asker(self.extractor)
        self.comparing = Comparing(self.keeping.sheet)
        self.second = SecondReader(answerer, self.pages, cards, open_words)

    def close(self) -> None:
        """End decoder processes and free networks."""
        self.pages.close()
        self.reader.close()

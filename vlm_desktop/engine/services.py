"""The engine as its fronts see it: one object, verbs as generators.

Every verb yields `base.events` and returns a frozen result; a front drives it with `next()` or
through `vlm_desktop.jobs`. Nothing is loaded before a verb needs it.
"""

import threading
from collections.abc import Callable, Generator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from vlm_desktop.backends.late import resolve
from vlm_desktop.backends.protocols import ImageTextEncoder, TextReader
from vlm_desktop.backends.registry import Registry
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Event
from vlm_desktop.base.paths import HomePaths
from vlm_desktop.base.queries import Explanation
from vlm_desktop.base.settings import Settings
from vlm_desktop.base.types import DecodeLimits, Query, SearchResult
from vlm_desktop.engine.alttext.facade import AltTexts
from vlm_desktop.engine.alttext.files import AltFiles
from vlm_desktop.engine.answering import Answerer
from vlm_desktop.engine.background import Backgrounds
from vlm_desktop.engine.browsing import Browsing
from vlm_desktop.engine.chat import Chat
from vlm_desktop.engine.chatpictures import PictureLoader
from vlm_desktop.engine.comparing import Comparing
from vlm_desktop.engine.decoding import limits_of
from vlm_desktop.engine.doctor import DoctorReport, examine
from vlm_desktop.engine.documents.facade import Documents
from vlm_desktop.engine.documents.pages import document_limits
from vlm_desktop.engine.doubt import NounJudge
from vlm_desktop.engine.duplicates import find_duplicates
from vlm_desktop.engine.encoding import Encoders
from vlm_desktop.engine.evaluate import CaptionedPhoto, RetrievalReport, evaluate_retrieval
from vlm_desktop.engine.evaluating import Evaluating
from vlm_desktop.engine.explaining import Explainer
from vlm_desktop.engine.explore import Explore
from vlm_desktop.engine.exporting import Exporting
from vlm_desktop.engine.folders import Folders
from vlm_desktop.engine.givingway import RoomMakingEncoder
from vlm_desktop.engine.indexing import Indexer, IndexOptions, IndexSummary
from vlm_desktop.engine.keeping import Keeping
from vlm_desktop.engine.labels import Labeller, Policy
from vlm_desktop.engine.models import ModelShelf
from vlm_desktop.engine.parts import Part
from vlm_desktop.engine.peeking import Peeking
from vlm_desktop.engine.photos import Photos
from vlm_desktop.engine.pictures import PictureVectors
from vlm_desktop.engine.preparing import Preparer
from vlm_desktop.engine.readtext import PageLines, read_file
from vlm_desktop.engine.residents import Residents, budgets_of, largest_within
from vlm_desktop.engine.search import Searcher
from vlm_desktop.engine.switching import Switching, let_answer
from vlm_desktop.engine.trash import Trash
from vlm_desktop.engine.upkeep import Upkeep
from vlm_desktop.engine.wornmodels import encoder_to_open, vectors_to_use
from vlm_desktop.media.pool import DecodePool
from vlm_desktop.media.thumbnails import ThumbnailStore
from vlm_desktop.store.library import Library
from vlm_desktop.store.records import (
    ForgottenCounts,
    LibraryInfo,
    QuarantineEntry,
    RebuildReport,
    VerifyReport,
)

if TYPE_CHECKING:
    from vlm_desktop.engine.ground.facade import Ground
    from vlm_desktop.engine.train.facade import Training

_CLOSED = ("photos", "chat", "preparer", "residents", "peeking", "documents", "ground")
"""Parts that hold something open, in the order they let go."""


class AppServices:
    """All verbs over one home folder. `compose` builds it; `close` frees what it opened."""

    def __init__(
        self,
        paths: HomePaths,
        settings: Settings,
        registry: Registry,
        open_library: Callable[[], Library],
        open_pool: Callable[[], DecodePool],
    ) -> None:
        self.paths = paths
        self.settings = settings
        self._registry = registry
        self._open_library = open_library
        self.open_pool = open_pool
        self._lock = threading.Lock()
        self.making = threading.RLock()
        """Held while a part is made."""
        self._library: Library | None = None
        self.encoders = Encoders(self._open_encoder)
        self.models = ModelShelf(registry, self._release)
        self._pictures = PictureVectors()
        self._backgrounds = Backgrounds()
        self._thumbnails = ThumbnailStore(paths.thumbnails)

    @property
    def library(self) -> Library:
        """The library, opened when first asked for. Raises LibraryError."""
        with self._lock:
            if self._library is None:
                self._library = self._open_library()
            return self._library

    @Part
    def browsing(self) -> Browsing:
        """Listings of the whole library, stacks, timeline."""
        return Browsing(lambda: self.library, self._thumbnails)

    @Part
    def keeping(self) -> Keeping:
        """History, saved searches, votes, taught names."""
        return Keeping(
            lambda: self.library,
            lambda: self._searcher().concepts,
            lambda query, cancel: self.search(query, cancel),
            lambda: self.model_in_use(),
            self.paths.pasted,
            lambda: self.open_pool(),
        )

    @Part
    def explore(self) -> Explore:
        """The map, words and policies over all photos."""
        return Explore(
            lambda: self.library,
            self.encoders,
            lambda: self.model_in_use(),
            lambda model_id: self._searcher().calibration(model_id),
        )

    @Part
    def photos(self) -> Photos:
        """One photo: details, pixels, edits."""
        return Photos(lambda: self.library, lambda: DecodePool(1, self.limits), self.read_text)

    @Part
    def peeking(self) -> Peeking:
        """A look at any file, in the library or not."""
        return Peeking(lambda: DecodePool(1, self.limits))

    @Part
    def evaluating(self) -> Evaluating:
        """Captions and answers of models, measured."""
        return Evaluating(
            self.residents,
            lambda: self.settings.chat_model,
            self.encoders,
            lambda: self.model_in_use(),
            lambda: self.open_pool(),
        )

    @Part
    def folders(self) -> Folders:
        """The folders of the library, watching them, files set aside."""
        return Folders(
            lambda: self.library,
            self._thumbnails,
            may_watch=lambda: self.settings.watch_folders,
        )

    @Part
    def trash(self) -> Trash:
        """Photos to the system's trash and back."""
        return Trash(lambda: self.library)

    @Part
    def exporting(self) -> Exporting:
        """Copies, lists, tables and contact sheets of hits."""
        return Exporting(lambda: self.library, self._thumbnails)

    @Part
    def comparing(self) -> Comparing:
        """Duplicates side by side."""
        return Comparing(lambda: self.library, self.photos.picture)

    @Part
    def residents(self) -> Residents:
        """Models that answer, in memory."""
        return Residents(
            lambda model_id: self._registry.open_chat(
                model_id, provider=self.settings.provider, threads=self.settings.encode_threads
            ),
            lambda: budgets_of(self.settings),
            lambda most: largest_within(self._registry.cards(), most),
            lambda model_id: self._registry.worn(model_id),
        )

    @Part
    def preparer(self) -> Preparer:
        """Pictures read and questions answered, for conversations and for alt texts."""
        answerer = Answerer(self.residents, lambda: self._registry.open_reader(close_look=True))
        return Preparer(answerer, PictureLoader(lambda: DecodePool(1, self.limits)))

    @Part
    def chat(self) -> Chat:
        """Conversations with models about pictures."""
        return Chat(
            lambda: self.library, self.paths.pasted, self.preparer, self.residents,
            self._registry.cards, lambda: self.settings.chat_model,
            NounJudge(
                lambda: self.library,
                self.encoders,
                lambda: self.model_in_use(),
                lambda model_id: self._searcher().calibration(model_id),
            ),
            lambda target, heads, rows: self.exporting.save_table(target, heads, rows),
            lambda: self.training.adapters.all(),
        )  # fmt: skip

    @Part
    def alttext(self) -> AltTexts:
        """Alt texts: kept, drafted, checked, written."""
        return AltTexts(
            lambda: self.library,
            lambda: self.open_pool(),
            self.preparer,
            self.encoders,
            lambda: self.model_in_use(),
            lambda: self.settings.chat_model,
            AltFiles(
                lambda: self.library if self.paths.database.exists() else None, self._thumbnails
            ),
            lambda target, heads, rows: self.exporting.save_table(target, heads, rows),
            self.paths.pages,
        )

    @Part
    def documents(self) -> Documents:
        """Fields of documents, with evidence."""
        return Documents(
            self.paths,
            lambda: self.library,
            lambda: DecodePool(1, document_limits(self.limits)),
            lambda: self._registry.open_reader(close_look=True),
            lambda: self.upkeep.other_copies(),
            lambda: self.preparer.answerer,
            self._registry.cards,
            lambda model_id: self._registry.open_word_reader(
                model_id, provider=self.settings.provider, threads=self.settings.encode_threads
            ),
        )

    @Part
    def ground(self) -> "Ground":
        """Masks for clicks, regions for phrases, words for regions."""
        # Late: OpenCV, scipy and scikit-image are 50 MB that a window at rest does without.
        made: Ground = resolve("vlm_desktop.engine.ground.facade:build", "pointing at objects")(
            self.preparer, lambda: self.library, lambda: self.upkeep.other_copies(),
            self._registry, lambda: self.settings, lambda: self.residents, self.paths.features,
            lambda: DecodePool(1, self.limits), self.encoders, lambda: self.model_in_use(),
        )  # fmt: skip
        return made

    @Part
    def training(self) -> "Training":
        """Data sets, runs that learn from them, adapters."""
        made: Training = resolve("vlm_desktop.engine.train.facade:Training", "training")(
            self.paths, lambda: self.library, lambda: self.upkeep.other_copies(), self._registry,
            lambda: self.settings, lambda: self.open_pool(), self.encoders, self.model_in_use,
            lambda: self.residents, self.preparer, lambda: self.switching, lambda: self.upkeep,
        )  # fmt: skip
        return made

    @property
    def limits(self) -> DecodeLimits:
        """Bounds on the decoding of one file, as the settings have them now."""
        return limits_of(self.settings)

    def use_settings(self, settings: Settings) -> None:
        """Go by other settings from now on, without a restart. Any thread.

        Decoder processes follow with the next piece of work, networks with their next use; work
        under way ends as it began.
        """
        before, self.settings = self.settings, settings
        if (before.provider, before.encode_threads) != (settings.provider, settings.encode_threads):
            self.encoders.renew()
            if "residents" in self.__dict__:
                self.residents.renew_later()
            if "ground" in self.__dict__:
                self.ground.models.renew_later()
        if before.watch_folders != settings.watch_folders:
            self.folders.watch_anew()

    @Part
    def upkeep(self) -> Upkeep:
        """Settings, copies of the library, privacy, sizes, devices."""
        return Upkeep(
            self.paths,
            self._thumbnails,
            library=lambda: self.library,
            open_pool=lambda: self.open_pool(),
            settings=lambda: self.settings,
            use_settings=self.use_settings,
            examine=self.examine,
            rebuild=self.rebuild,
            cards=lambda: self._registry.cards(),
            roots_changed=self._roots_changed,
        )

    @Part
    def switching(self) -> Switching:
        """The shelf beside the library; switching to another model."""
        return Switching(
            self.models,
            library=lambda: self.library,
            in_use=self.model_in_use,
            index=self.index,
            use=self.use_model,
            choose=lambda model_id: self.upkeep.change({"search_model": model_id}),
        )

    def model_in_use(self, chosen: str | None = None) -> str:
        """The model that answers: the chosen one, else the library's, else the setting's."""
        active = chosen or self.library.active_model()
        return active or vectors_to_use(self._registry, self.settings.search_model)

    # --- photos ------------------------------------------------------------------------

    def index(
        self,
        folders: Sequence[Path],
        cancel: CancelToken,
        *,
        model: str | None = None,
        ocr: bool | None = None,
        only_known: bool = False,
    ) -> Generator[Event, None, IndexSummary]:
        """Index folders, then measure the calibration if the library outgrew it."""
        model_id = self.model_in_use(model)
        options = IndexOptions(
            ocr=self.settings.ocr if ocr is None else ocr,
            thumbnail_side=self.settings.thumbnail_side,
            only_known=only_known,
        )
        indexer = Indexer(self.library, self._thumbnails, self.open_pool, self.open_reader)
        encoder = RoomMakingEncoder(self.encoders.get(model_id), lambda: self._free_device(cancel))
        summary = yield from indexer.index(folders, encoder, options, cancel)
        if len(self.library.vectors(model_id).content_ids):
            yield from self._searcher().calibration(model_id)
        return summary

    def search(
        self, query: Query, cancel: CancelToken, *, model: str | None = None
    ) -> Generator[Event, None, SearchResult]:
        return (yield from self._searcher().search(query, self.model_in_use(model), cancel))

    def similar(
        self, path: Path, limit: int, cancel: CancelToken, *, model: str | None = None
    ) -> Generator[Event, None, SearchResult]:
        model_id = self.model_in_use(model)
        return (yield from self._searcher().similar(path, model_id, limit, cancel))

    def explain(
        self, query: Query, content_id: int, cancel: CancelToken, *, model: str | None = None
    ) -> Generator[Event, None, Explanation]:
        """Why a photo was found. See `engine.explaining`."""
        explainer = Explainer(self.library, self.encoders, self._searcher())
        model_id = self.model_in_use(model)
        return (yield from explainer.explain(query, content_id, model_id, cancel))

    def duplicates(self, cancel: CancelToken) -> Generator[Event, None, int]:
        return (yield from find_duplicates(self.library, cancel))

    def tag(
        self,
        labels: Sequence[str],
        cancel: CancelToken,
        *,
        templates: int = 80,
        limit: int = 5,
        paths: Sequence[Path] = (),
        model: str | None = None,
    ) -> Generator[Event, None, int]:
        labeller = Labeller(self.library, self.encoders)
        model_id = self.model_in_use(model)
        return (
            yield from labeller.tag(
                labels, model_id, cancel, templates=templates, limit=limit, paths=paths
            )
        )

    def check_policies(
        self, policies: Sequence[Policy], cancel: CancelToken, *, model: str | None = None
    ) -> Generator[Event, None, int]:
        labeller = Labeller(self.library, self.encoders)
        return (yield from labeller.check(policies, self.model_in_use(model), cancel))

    def read_text(
        self, path: Path, cancel: CancelToken
    ) -> Generator[Event, None, tuple[PageLines, ...]]:
        """Lines of a picture or PDF. See `engine.readtext`."""
        return (yield from read_file(path, self.documents.reader, cancel))

    def evaluate_retrieval(
        self, photos: Sequence[CaptionedPhoto], cancel: CancelToken, *, model: str | None = None
    ) -> Generator[Event, None, RetrievalReport]:
        model_id = model or self.settings.search_model
        return (
            yield from evaluate_retrieval(photos, model_id, self.encoders, self.open_pool, cancel)
        )

    # --- the library -------------------------------------------------------------------

    def info(self) -> LibraryInfo:
        return self.library.info()

    def verify(self) -> VerifyReport:
        return self.library.verify()

    def quarantine(self) -> list[QuarantineEntry]:
        return self.library.quarantine()

    def examine(self) -> DoctorReport:
        return examine(self.paths, self._registry)

    def use_model(self, model_id: str) -> None:
        """Let a model that was indexed in the shadow answer all searches from now on.

        Raises ModelUnknown, LibraryEmpty, ModelIncomplete; then the old one goes on answering.
        """
        let_answer(self.library, self.encoders, model_id)

    def forget(self, path: Path) -> ForgottenCounts:
        """Take a file or folder out of the library: rows, vectors, texts and thumbnails."""
        forgotten = self.library.forget(path)
        self._thumbnails.delete(forgotten.hashes)
        return forgotten

    def rebuild(self) -> RebuildReport:
        """Put a damaged database aside and start a new one with what can still be read of it."""
        with self._lock:
            if self._library is not None:
                self._library.close()
                self._library = None
            return Library.rebuild(self.paths)

    def thumbnail(self, content_id: int) -> bytes | None:
        """The JPEG of a photo's thumbnail, or None. Quick; from any thread."""
        located = self.library.locate([content_id]).get(content_id)
        return self._thumbnails.read(located.content_hash) if located else None

    def close(self) -> None:
        """Free networks and processes, and close the database."""
        for part in _CLOSED:
            if part in self.__dict__:
                getattr(self, part).close()
        self.encoders.close()
        with self._lock:
            if self._library is not None:
                self._library.close()
                self._library = None

    # --- parts -------------------------------------------------------------------------

    def _release(self, model_id: str) -> None:
        """Let go of a model that is being removed."""
        self.encoders.release(model_id)
        if "residents" in self.__dict__:
            self.residents.release(model_id)
        if "ground" in self.__dict__:
            self.ground.models.release(model_id)

    def _free_device(self, cancel: CancelToken) -> bool:
        """Have models that answer leave their device; whether one was there."""
        return "residents" in self.__dict__ and self.residents.free_device(cancel) > 0

    def _roots_changed(self) -> None:
        self._backgrounds.clear()
        self.folders.watch_anew()

    def _searcher(self) -> Searcher:
        return Searcher(
            self.library,
            self.encoders,
            self.open_pool,
            pictures=self._pictures,
            backgrounds=self._backgrounds,
        )

    def _open_encoder(self, model_id: str) -> ImageTextEncoder:
        wished = encoder_to_open(self._registry, self.settings.search_model, model_id)
        return self._registry.open_encoder(
            wished, provider=self.settings.provider, threads=self.settings.encode_threads
        )

    def open_reader(self, *, close_look: bool = False) -> TextReader:
        """A reader of text; see `Registry.open_reader`."""
        return self._registry.open_reader(close_look=close_look)

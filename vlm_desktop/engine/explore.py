"""Looking at the library as a whole: its map, the words that fit its photos, its policies.

What a front needs of it in one object. Whatever changes the library gives back what undoes it.
"""

from collections.abc import Callable, Generator, Sequence
from pathlib import Path

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import BadInputFile, PolicyIncomplete, RuleUnknown
from vlm_desktop.base.events import Event
from vlm_desktop.base.rules import Judgement, RuleKind, StoredRule
from vlm_desktop.base.types import Filters
from vlm_desktop.engine.encoding import Encoders
from vlm_desktop.engine.mapping import Mapper, PhotoMap
from vlm_desktop.engine.reviewing import (
    MeasureCalibration,
    Review,
    Reviewer,
    RuleSummary,
)
from vlm_desktop.engine.vocabulary import everyday_words, words_from_file, words_in
from vlm_desktop.store.library import Library


class Explore:
    """Verbs over the library's vectors of the model in use. Built without opening anything."""

    def __init__(
        self,
        library: Callable[[], Library],
        encoders: Encoders,
        model_in_use: Callable[[], str],
        calibration: MeasureCalibration,
    ) -> None:
        self._library = library
        self._encoders = encoders
        self._model_in_use = model_in_use
        self._calibration = calibration

    # --- the map -----------------------------------------------------------------------

    def map(self, cancel: CancelToken, *, anew: bool = False) -> Generator[Event, None, PhotoMap]:
        """The map of all photos: drawn if there is none (or `anew`), else with what came since.

        Raises LibraryEmpty, ModelError, PartMissing, Cancelled.
        """
        mapper = Mapper(self._library(), self._encoders)
        return (yield from mapper.map(self._model_in_use(), cancel, anew=anew))

    def add_to_album(
        self, name: str, content_ids: Sequence[int], cancel: CancelToken
    ) -> Generator[Event, None, tuple[int, ...]]:
        """Put photos into an album, made if need be. Returns those that were not in it."""
        yield from ()
        cancel.raise_if_cancelled()
        held = self._library().filter_contents(Filters(album=name))
        before = set() if held is None else set(held.tolist())
        self._library().add_to_album(name, content_ids)
        return tuple(one for one in content_ids if one not in before)

    def remove_from_album(
        self, name: str, content_ids: Sequence[int], cancel: CancelToken
    ) -> Generator[Event, None, None]:
        """Take photos out of an album; one that is empty then goes."""
        yield from ()
        cancel.raise_if_cancelled()
        self._library().remove_from_album(name, content_ids)
        held = self._library().filter_contents(Filters(album=name))
        if held is None or not len(held):
            self._library().delete_album(name)

    # --- words and policies --------------------------------------------------------------

    def summaries(
        self, kind: RuleKind, cancel: CancelToken
    ) -> Generator[Event, None, tuple[RuleSummary, ...]]:
        """How all words, or all policies, stand. Raises LibraryEmpty, ModelError, Cancelled."""
        return (yield from self._reviewer().summaries(kind, self._model_in_use(), cancel))

    def review(
        self, kind: RuleKind, name: str, cancel: CancelToken
    ) -> Generator[Event, None, Review]:
        """All answers of one word or policy. Raises RuleUnknown, LibraryEmpty, ModelError."""
        cancel.raise_if_cancelled()
        return (yield from self._reviewer().review(kind, name, self._model_in_use()))

    def judge(
        self, kind: RuleKind, name: str, judgements: Sequence[Judgement], cancel: CancelToken
    ) -> Generator[Event, None, tuple[Judgement, ...]]:
        """Accept, reject, or take back (verdict 0). Returns what to `judge` to undo it.

        A photo that a word is accepted for carries it as a tag from then on; a photo it is
        rejected for is never proposed for it again. Raises RuleUnknown.
        """
        yield from ()
        cancel.raise_if_cancelled()
        return self._library().judge(kind, name, judgements)

    def set_cut(
        self, kind: RuleKind, name: str, cut: float | None, cancel: CancelToken
    ) -> Generator[Event, None, StoredRule]:
        """Put a cut by hand (None: the usual one). Returns what `restore` takes to undo it."""
        yield from ()
        cancel.raise_if_cancelled()
        before = self._library().rule(kind, name)
        self._library().set_cut(kind, name, cut)
        return before

    def look_for(
        self, words: Sequence[str], cancel: CancelToken
    ) -> Generator[Event, None, tuple[str, ...]]:
        """Add words to hold against every photo. Returns those that were new."""
        yield from ()
        cancel.raise_if_cancelled()
        return self._library().add_words(words)

    def remove(
        self, kind: RuleKind, names: Sequence[str], cancel: CancelToken
    ) -> Generator[Event, None, tuple[StoredRule, ...]]:
        """Look for these no longer; accepted tags stay. Returns what `restore` takes."""
        yield from ()
        cancel.raise_if_cancelled()
        return tuple(self._library().delete_rule(kind, name) for name in names)

    def restore(
        self, rules: Sequence[StoredRule], cancel: CancelToken
    ) -> Generator[Event, None, int]:
        """Put rules back as they were, judgements included. Returns how many."""
        yield from ()
        cancel.raise_if_cancelled()
        for rule in rules:
            self._library().restore_rule(rule)
        return len(rules)

    def save_policy(
        self,
        name: str,
        flag: Sequence[str],
        fine: Sequence[str],
        cancel: CancelToken,
        *,
        renames: str = "",
    ) -> Generator[Event, None, StoredRule | None]:
        """Keep a policy under its name. Returns the one it replaces, None for a new one.

        `renames` is the name it had so far: what was said of its answers stays. Raises
        PolicyIncomplete without a name or a sentence that says what to flag, PolicyNameTaken.
        """
        yield from ()
        cancel.raise_if_cancelled()
        flag = [one.strip() for one in flag if one.strip()]
        if not name.strip() or not flag:
            raise PolicyIncomplete(name=name)
        try:
            before = self._library().rule(RuleKind.POLICY, renames or name)
        except RuleUnknown:
            before = None
        if before is not None and renames:
            self._library().rename_policy(before.name, name)
        self._library().save_policy(name, flag, [one.strip() for one in fine if one.strip()])
        return before

    def mark_seen(
        self, kind: RuleKind, name: str, cancel: CancelToken
    ) -> Generator[Event, None, None]:
        """Note that a person looked at the answers: from now on only later photos are new."""
        yield from ()
        cancel.raise_if_cancelled()
        self._library().mark_rule_seen(kind, name)

    def check_new(self, cancel: CancelToken) -> Generator[Event, None, tuple[RuleSummary, ...]]:
        """After indexing: the policies that flag photos nobody has looked at yet."""
        found = yield from self.summaries(RuleKind.POLICY, cancel)
        return tuple(one for one in found if one.new)

    def names(self, kind: RuleKind) -> tuple[str, ...]:
        """What all words, or all policies, are called; quick. Any thread."""
        return self._library().rule_names(kind)

    # --- lists of words ------------------------------------------------------------------

    def everyday_words(self) -> tuple[str, ...]:
        """The words that come with the program."""
        return everyday_words()

    def words_in(self, text: str) -> tuple[str, ...]:
        """The words of a text, one a line or with commas between."""
        return words_in(text)

    def words_from_file(self, path: Path) -> tuple[str, ...]:
        """The words of a text file. Raises BadInputFile."""
        try:
            found = words_from_file(path)
        except (OSError, UnicodeDecodeError) as error:
            raise BadInputFile(path=path, line=None, detail=str(error)) from error
        if not found:
            raise BadInputFile(path=path, line=None, detail="it holds no word")
        return found

    def _reviewer(self) -> Reviewer:
        return Reviewer(self._library(), self._encoders, self._calibration)

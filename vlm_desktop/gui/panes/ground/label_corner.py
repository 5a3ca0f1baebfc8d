"""Many pictures labelled by phrases, as long work: in the status line, stopped, gone on with."""

from collections.abc import Generator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Event, Phase, Progress
from vlm_desktop.base.groundkeeping import LabelBatch, LabelReport, LabelRowDone
from vlm_desktop.base.language import fill
from vlm_desktop.gui.panes.ground.label_dialog import LabelDialog, LabelWish
from vlm_desktop.gui.strings import ground_files as strings
from vlm_desktop.gui.work import Work, WorkState

if TYPE_CHECKING:
    from vlm_desktop.gui.panes.ground.ground_pane import GroundPane
    from vlm_desktop.jobs import Job


class LabelCorner(QObject):
    """One batch at a time; main thread. A batch is its own bookmark: what was stopped, by a person
    or by the window's end, goes on where it was."""

    changed = Signal()
    """It began or ended."""

    def __init__(self, pane: "GroundPane") -> None:
        super().__init__(pane)
        self._pane, self._session, self._desk = pane, pane.session, pane.desk
        self._job: Job | None = None
        self._work: Work | None = None
        self._found = 0
        self._refused: list[Path] = []
        add = self._desk.actions.add
        self.folder = add("ground.label", strings.LABEL_MANY, self.pick, where=pane)
        self.selection = add(
            "ground.label-selection", strings.LABEL_SELECTION, self.ask_selection, where=pane
        )
        self.resume = add("ground.label-go-on", strings.LABEL_GO_ON, self.go_on, where=pane)
        pane.pictures.label.clicked.connect(self.pick)
        self._desk.navigator.selection_changed.connect(lambda _: self._refresh())
        self.changed.connect(self._refresh)
        self._refresh()

    @property
    def is_running(self) -> bool:
        return self._work is not None

    def _refresh(self) -> None:
        idle = not self.is_running
        for action in (self.folder, self.resume):
            action.setEnabled(idle)
        self._pane.pictures.label.setEnabled(idle)
        self.selection.setEnabled(idle and bool(self._desk.navigator.selection))

    # --- beginning -----------------------------------------------------------------------

    def pick(self) -> None:
        """Ask for a folder, then for the phrases."""
        chosen = QFileDialog.getExistingDirectory(self._pane, strings.LABEL_CHOOSE)
        if chosen:
            folder = Path(chosen)
            self.ask(fill(strings.LABEL_WHERE, name=folder.name or str(folder)), [folder], ())

    def ask_selection(self) -> None:
        """Photos selected in Search."""
        ids = self._desk.navigator.selection
        if ids:
            self.ask(fill(strings.LABEL_PHOTOS, count=len(ids)), [], ids)

    def ask(self, where: str, paths: Sequence[Path], ids: Sequence[int]) -> LabelDialog:
        phrases = self._pane.phrases
        dialog = LabelDialog(
            where,
            [(one.id, one.name) for one in phrases.cards],
            self._pane.phrasing.model,
            lambda wish: self.begin(paths, ids, wish),
            self._pane,
            phrases.automatic,
        )
        dialog.phrases.setPlainText("\n".join(self._pane.bar.phrases))
        dialog.open()
        return dialog

    def begin(self, paths: Sequence[Path], ids: Sequence[int], wish: LabelWish) -> None:
        """Label these; what was labelled before by the same phrases is passed over."""
        if self.is_running:
            return
        services = self._desk.services
        self._pane.show_pictures()  # where what is found will stand
        called = paths[0].name if paths else fill(strings.LABEL_PHOTOS, count=len(ids))

        def verb(cancel: CancelToken) -> Generator[Event, None, LabelBatch]:
            return services.ground.labelling.add(
                paths, wish.phrases, cancel, content_ids=ids, name=called,
                model_id=wish.model, with_masks=wish.with_masks,
            )  # fmt: skip

        def done(batch: LabelBatch) -> None:
            self._job = None
            if batch.pictures:
                self._run(batch)
            else:
                self._end(fill(strings.LABEL_EMPTY, name=called))

        self._show_work(fill(strings.LABEL_LOOKING, name=called))
        self._job = self._desk.ask(verb, done, failed=self._end, cancelled=self._stopped)

    def go_on(self) -> None:
        """Go on with the newest batch that is not at its end."""
        if self.is_running:
            return
        services = self._desk.services

        def done(found: tuple[LabelBatch, ...]) -> None:
            if not found:
                self._session.say(strings.LABEL_GO_ON_NONE)
            elif not self.is_running:
                self._show_work(fill(strings.LABEL_WORK, name=found[0].name))
                self._run(found[0])

        self._desk.fetch(lambda: services.ground.labelling.unfinished(), done)

    def _show_work(self, words: str) -> None:
        self._found, self._refused = 0, []
        self._work = self._desk.work.begin(
            Work(words, stop=self.stop, pause=self._pause, parent=self)
        )
        self.changed.emit()

    def _run(self, batch: LabelBatch) -> None:
        services = self._desk.services

        def verb(cancel: CancelToken) -> Generator[Event, None, LabelReport]:
            return services.ground.labelling.run(batch.id, cancel)

        # Not on the lane of pointing and naming: what a person asks for must not wait behind it.
        self._job = self._desk.ask(
            verb,
            lambda _: self._done(),
            failed=self._end,
            progress=lambda event: self._heard(batch, event),
            cancelled=self._stopped,
            lane="model",
        )

    # --- stopping ------------------------------------------------------------------------

    def stop(self) -> None:
        if self._job is not None:
            self._job.cancel()
            if self._work is not None:
                state = self._work.state
                self._work.show(WorkState(state.text, state.done, state.total, stopping=True))

    def _pause(self, paused: bool) -> None:
        if self._job is not None:
            (self._job.pause if paused else self._job.resume)()

    # --- what comes back -----------------------------------------------------------------

    def _heard(self, batch: LabelBatch, event: Event) -> None:
        match event:
            case LabelRowDone():
                self._found += event.found
                self._refused += [event.path] if event.error is not None else []
                self._session.listed.emit()
                self._reread(event.path)
            case Progress(phase=Phase.LABEL) if self._work is not None and event.total:
                state = self._work.state
                if not state.stopping:
                    words = fill(
                        strings.LABEL_OF, name=batch.name, done=event.done, total=event.total
                    )
                    self._work.show(WorkState(words, event.done, event.total, state.paused))
            case _:
                pass

    def _reread(self, path: Path) -> None:
        """The open picture has new proposals."""
        if path == self._session.path:
            self._session.reread()

    def _done(self) -> None:
        parts = [
            fill(strings.LABEL_DONE, found=self._found) if self._found else strings.LABEL_DONE_NONE
        ]
        if self._refused:
            parts.append(strings.refused_words([one.name for one in self._refused]))
        self._end(" ".join(parts))

    def _stopped(self) -> None:
        self._end(strings.LABEL_STOPPED)

    def _end(self, words: str) -> None:
        self._job = None
        work, self._work = self._work, None
        if work is not None:
            work.finish(words)
        self._session.listed.emit()
        self.changed.emit()

"""What a person asks of a run: to pause, go on, stop, save; to be removed, put on the shelf, taught
again."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from vlm_desktop.base.language import fill
from vlm_desktop.gui.panes.train.run_head import CHECKPOINT, PAUSE, RESUME, STOP
from vlm_desktop.gui.panes.train.run_shelf_dialog import ShelfDialog
from vlm_desktop.gui.panes.train.run_words import title_of
from vlm_desktop.gui.panes.train.session import ADAPTERS, RECIPE, TrainSession
from vlm_desktop.gui.strings import train_run as strings

if TYPE_CHECKING:
    from vlm_desktop.base.adapters import AdapterInfo
    from vlm_desktop.base.training import RunInfo, Validated
    from vlm_desktop.engine.train.runs import Runs


class RunActs(QObject):
    """Main thread; the engine is asked on the lane "io"."""

    changed = Signal()
    """What is asked of a run, and not done yet, is another; see `pending`."""

    def __init__(self, session: TrainSession, over: QWidget) -> None:
        super().__init__(over)
        self._session, self._over, self._desk = session, over, session.desk
        self._pending: dict[str, tuple[str, int | None, int]] = {}

    # --- while it learns -----------------------------------------------------------------

    def pending(self, info: "RunInfo", saved: int | None) -> str:
        """What was asked of a run, "" once it did that. `saved` is the step of its last
        checkpoint."""
        verb, saved_before, step_before = self._pending.get(info.id, ("", None, 0))
        if not verb:
            return ""
        has_saved = saved != saved_before
        did = {
            PAUSE: not info.is_live,
            STOP: not info.is_live,
            RESUME: info.is_live,
            # Nothing is said of a checkpoint where that of this very step is there already.
            CHECKPOINT: has_saved or not info.is_live or info.step > step_before + 1,
        }
        if verb == CHECKPOINT and has_saved:
            self._desk.say(fill(strings.CHECKPOINT_SAVED, step=saved))
        if did[verb]:
            del self._pending[info.id]
            return ""
        return verb

    def ask(self, verb: str, info: "RunInfo", saved: int | None) -> None:
        """PAUSE, RESUME, STOP or CHECKPOINT."""
        self._pending[info.id] = (verb, saved, info.step)
        self.changed.emit()
        run_id = info.id

        def act(runs: "Runs") -> None:
            if verb == RESUME:
                runs.resume(run_id)
            else:
                {PAUSE: runs.pause, STOP: runs.stop, CHECKPOINT: runs.checkpoint}[verb](run_id)

        def failed(sentence: str) -> None:
            self._pending.pop(run_id, None)
            self._desk.say(sentence)
            self._look()

        self._act(act, lambda _: self._look(), failed)

    def _look(self) -> None:
        self._desk.runs.look()
        self.changed.emit()

    # --- tidying -------------------------------------------------------------------------

    def open_folder(self, info: "RunInfo") -> None:
        if not self._desk.open_file(info.folder):
            self._desk.say(fill(strings.NO_FOLDER, path=info.folder))

    def ask_to_remove(self, info: "RunInfo") -> None:
        box = QMessageBox(self._over)
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle(strings.REMOVE_TITLE)
        box.setText(fill(strings.REMOVE_ASK, run=title_of(info)))
        box.setInformativeText(strings.REMOVE_TEXT)
        go = box.addButton(strings.REMOVE_GO, QMessageBox.ButtonRole.DestructiveRole)
        stay = box.addButton(strings.REMOVE_STAY, QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(stay)
        box.setEscapeButton(stay)
        go.clicked.connect(lambda: self.remove(info))
        box.finished.connect(box.deleteLater)
        box.open()

    def remove(self, info: "RunInfo") -> None:
        """Delete a run with its checkpoints."""

        def done(_: None) -> None:
            self._desk.say(fill(strings.REMOVED, run=title_of(info)))
            if self._session.run_id == info.id:
                self._session.show_run("")
            self._session.runs_changed.emit()

        self._act(lambda runs: runs.remove(info.id), done)

    # --- what comes of it ----------------------------------------------------------------

    def start_again(self, info: "RunInfo") -> None:
        """Teach the very same once more, as a run of its own."""

        def done(started: "RunInfo") -> None:
            self._desk.say(strings.STARTED_AGAIN)
            self._session.show_run(started.id)
            self._session.runs_changed.emit()

        self._act(lambda runs: runs.start_again(info.folder), done)

    def teach_again(self, info: "RunInfo") -> None:
        """Take a run's settings and data set in hand, and go to the recipe."""
        session = self._session

        def done(said: dict[str, dict[str, object]]) -> None:
            session.take_recipe(said)
            kept = next((one for one in session.sets if one.name == info.data), None)
            if kept is not None:
                session.open(kept.id)
            elif info.data:
                self._desk.say(fill(strings.SET_GONE, name=info.data))
            session.step_wanted.emit(RECIPE)

        self._act(lambda runs: runs.settings(info.id), done)

    def ask_to_shelve(self, info: "RunInfo", evaluated: "Sequence[Validated]") -> None:
        """Ask for a name and a checkpoint, then make an adapter of it."""
        services = self._desk.services
        suggested = info.model
        if info.data:
            data = Path(info.data).stem
            suggested = fill(strings.SHELF_SUGGESTED, model=info.model, data=data)

        def ask(steps: tuple[int, ...]) -> None:
            ShelfDialog(
                suggested, info.best_step, steps, evaluated,
                lambda name, step: self.shelve(info, name, step), self._over,
            ).open()  # fmt: skip

        self._desk.fetch(lambda: services.training.runs.checkpoints(info.id), ask)

    def shelve(self, info: "RunInfo", name: str, step: int | None = None) -> None:
        """Make an adapter of a run's best checkpoint, or of that of a step."""
        services = self._desk.services

        def done(made: "AdapterInfo") -> None:
            self._desk.say(fill(strings.SHELVED, name=made.name))
            self._session.adapters_changed.emit()
            self._session.step_wanted.emit(ADAPTERS)

        self._desk.fetch(
            lambda: services.training.adapters.from_run(info.id, name, step=step), done
        )

    def copy(self, text: str, said: str) -> None:
        """Put text into the clipboard."""
        QGuiApplication.clipboard().setText(text)
        self._desk.say(said)

    def save_card(self, info: "RunInfo", text: str) -> None:
        """Ask where, then write the card there."""
        kinds = f"{strings.MARKDOWN_FILES} (*.md)"
        chosen, _ = QFileDialog.getSaveFileName(
            self._over, strings.SAVE_CARD_TITLE, f"{info.id}.md", kinds
        )
        if chosen:
            self.write_card(Path(chosen), text)

    def write_card(self, path: Path, text: str) -> None:
        def write() -> str:
            try:
                path.write_text(text, encoding="utf-8")
            except OSError as error:
                return fill(strings.CARD_UNSAVED, why=error.strerror or path)
            return fill(strings.CARD_SAVED, name=path.name)

        self._desk.fetch(write, self._desk.say)

    def _act(
        self,
        act: "Callable[[Runs], object]",
        done: Callable[[object], None],
        failed: Callable[[str], None] | None = None,
    ) -> None:
        services = self._desk.services
        self._desk.fetch(lambda: act(services.training.runs), done, failed=failed)

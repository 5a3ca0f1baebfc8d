"""One question for many photos: a table whose rows fill while one looks, kept as CSV."""

from collections.abc import Generator
from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.chat import GenerationOptions
from vlm_desktop.base.chatwork import BatchRow, BatchTable
from vlm_desktop.base.conversations import Attachment
from vlm_desktop.base.events import Event
from vlm_desktop.base.language import fill
from vlm_desktop.gui.announce import announce
from vlm_desktop.gui.desk import Desk
from vlm_desktop.gui.panes.chat.batch_model import TABLE_SIDE, BatchModel
from vlm_desktop.gui.panes.chat.schema_fields import names_of
from vlm_desktop.gui.panes.chat.thumbnails import AttachmentThumbnails
from vlm_desktop.gui.strings import chat as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.work import Work, WorkState
from vlm_desktop.jobs import ANSWERS, Job


class BatchDialog(QDialog):
    """Asks the same of every photo. What is answered stays when it is stopped or fails."""

    def __init__(
        self,
        desk: Desk,
        pictures: tuple[Attachment, ...],
        options: GenerationOptions,
        model_id: str,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(strings.BATCH_TITLE)
        self._desk, self._options, self._model_id = desk, options, model_id
        self._job: Job | None = None
        self._work: Work | None = None
        self._table: BatchTable | None = None
        thumbnails = AttachmentThumbnails(desk, TABLE_SIDE, self, quiet=True)
        self.model = BatchModel(pictures, thumbnails, self)
        self._build()
        room = parent.window().size()
        self.resize(min(room.width() - 32, 960), min(room.height() - 32, 640))
        self._show_state()

    # --- building ------------------------------------------------------------------------

    def _build(self) -> None:
        space = measures().space
        count = len(self.model.pictures)
        label = QLabel(strings.batch_question(count), self)
        self.question = QLineEdit(self)
        self.question.setAccessibleName(strings.BATCH_QUESTION_NAME)
        self.question.setPlaceholderText(strings.BATCH_HINT)
        label.setBuddy(self.question)
        self.go = QPushButton(self)
        self.go.setObjectName("primary")
        self.go.setDefault(True)
        self.go.clicked.connect(self._pressed)
        self.question.textChanged.connect(self._show_state)
        ask = QHBoxLayout()
        ask.setSpacing(space[1])
        ask.addWidget(self.question, 1)
        ask.addWidget(self.go)
        self.view = QTableView(self)
        self.view.setObjectName("batch")
        self.view.setModel(self.model)
        self.view.setAccessibleName(strings.BATCH_TABLE)
        self.view.setWordWrap(True)
        self.view.setTabKeyNavigation(False)
        self.view.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        self.view.verticalHeader().hide()
        self.view.setShowGrid(False)
        self.view.setAlternatingRowColors(True)
        header = self.view.horizontalHeader()
        header.setStretchLastSection(True)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setDefaultSectionSize(measures().tile)
        side = TABLE_SIDE // 2
        self.view.setIconSize(QSize(side, side))
        self._least_row = side + 2 * space[0]
        self.view.verticalHeader().setDefaultSectionSize(self._least_row)
        self.progress = QProgressBar(self)
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName(strings.BATCH_PROGRESS)
        self.words = QLabel(strings.BATCH_NOTE, self)
        self.words.setObjectName("muted")
        self.words.setWordWrap(True)
        self.save = QPushButton(strings.BATCH_SAVE, self)
        self.save.clicked.connect(self.choose_target)
        shut = QPushButton(strings.CLOSE, self)
        shut.clicked.connect(self.close)
        buttons = QHBoxLayout()
        buttons.addWidget(self.words, 1)
        buttons.addWidget(self.save)
        buttons.addWidget(shut)
        column = QVBoxLayout(self)
        column.setContentsMargins(space[3], space[3], space[3], space[3])
        column.setSpacing(space[1])
        column.addWidget(label)
        column.addLayout(ask)
        column.addWidget(self.view, 1)
        column.addWidget(self.progress)
        column.addLayout(buttons)
        self.question.setFocus(Qt.FocusReason.OtherFocusReason)

    # --- asking --------------------------------------------------------------------------

    def _pressed(self) -> None:
        if self._job is not None:
            self._job.cancel()
            self.go.setEnabled(False)
        elif self.question.text().strip():
            self.start()

    def start(self) -> None:
        """Ask of the first photo, then of the next."""
        question = self.question.text().strip()
        schema = self._options.json_schema
        self.model.begin(names_of(schema) if schema else (question,))
        self.view.setColumnWidth(0, measures().tile + measures().space[5])
        self._table = None
        services, pictures = self._desk.services, self.model.pictures

        def verb(cancel: CancelToken) -> Generator[Event, None, BatchTable]:
            return services.chat.batch(
                pictures, (question,), self._options, cancel, model_id=self._model_id
            )

        self._work = self._desk.work.begin(
            Work(strings.BATCH_WORK, stop=lambda: self._job and self._job.cancel(), parent=self)
        )
        self._job = self._desk.ask(
            verb,
            self._done,
            failed=self._failed,
            progress=self._heard,
            cancelled=lambda: self._end(strings.BATCH_STOPPED),
            lane=ANSWERS,
        )
        self.words.setText(strings.BATCH_BEGUN)
        self._show_state()

    def _heard(self, event: Event) -> None:
        if not isinstance(event, BatchRow):
            return
        self.model.add(event)
        hint = self.view.sizeHintForRow(event.number)
        self.view.setRowHeight(event.number, max(self._least_row, hint))
        done = len(self.model.rows)
        words = fill(strings.BATCH_DONE_OF, done=done, total=event.total)
        self.words.setText(words)
        self.progress.setRange(0, event.total)
        self.progress.setValue(done)
        self._show_state()
        if self._work is not None:
            self._work.show(WorkState(strings.BATCH_WORK, done, event.total))

    def _done(self, table: BatchTable) -> None:
        self._table = table
        self._end(fill(strings.BATCH_DONE, count=len(table.rows)))

    def _failed(self, sentence: str) -> None:
        self._end(sentence)

    def _end(self, words: str) -> None:
        self._job = None
        if self._work is not None:
            self._work.finish()
            self._work = None
        self.words.setText(words)
        announce(self, words)
        self._show_state()

    def _show_state(self) -> None:
        running = self._job is not None
        self.go.setText(strings.STOP if running else strings.BATCH_GO)
        self.go.setEnabled(running or bool(self.question.text().strip()))
        self.question.setReadOnly(running)
        self.progress.setVisible(running)
        self.save.setEnabled(bool(self.model.rows) and not running)

    # --- keeping -------------------------------------------------------------------------

    def choose_target(self) -> None:
        """Ask for a file and write the table."""
        kinds = f"{strings.CSV_FILES} (*.csv)"
        chosen, _ = QFileDialog.getSaveFileName(
            self, strings.BATCH_SAVE_TITLE, f"{strings.BATCH_FILE}.csv", kinds
        )
        if chosen:
            self.save_to(Path(chosen))

    def save_to(self, target: Path) -> None:
        """What is answered so far, as CSV."""
        table = self._table or BatchTable(self._model_id, self.model.columns, self.model.answered)
        services = self._desk.services
        self._desk.fetch(
            lambda: services.chat.save_batch(table, target),
            lambda path: self.words.setText(fill(strings.SAVED_AS, name=path.name)),
            failed=self.words.setText,
        )

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        """Nobody sees the rest: it is not asked any more."""
        if self._job is not None:
            self._job.silence()
            self._job.cancel()
            self._end("")
        super().closeEvent(event)

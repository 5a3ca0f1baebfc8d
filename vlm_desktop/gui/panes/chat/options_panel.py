"""How answers are made: instructions, chance, length, form, solved examples. Folds away."""

from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from vlm_desktop.base.chat import ChatCapabilities, GenerationOptions
from vlm_desktop.base.conversations import Conversation, PromptPreset
from vlm_desktop.base.language import fill
from vlm_desktop.gui.panes.chat.answer_settings import LONGEST, WARMEST, AnswerSettings
from vlm_desktop.gui.strings import chat as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.number_box import NumberBox
from vlm_desktop.gui.widgets.steady_scroll import keep_bar

_SAVE_MS = 600


class OptionsPanel(QFrame):
    """Shows and changes; tells by signals. Main thread."""

    settings_changed = Signal()
    prompt_changed = Signal(str)
    metadata_changed = Signal(bool)
    preset_saved = Signal(str)
    """The name is asked for by whoever hears it; this is the text."""
    preset_deleted = Signal(str)
    schema_wanted = Signal()
    schema_dropped = Signal()
    example_removed = Signal(int)
    example_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("options")
        self._presets: tuple[PromptPreset, ...] = ()
        self._schema = self._summary = ""
        self._can = ChatCapabilities()
        self._column = self._build_scroll()
        self._build_prompt()
        self._build_answer()
        self._build_form()
        self._build_examples()
        self._column.addStretch(1)
        bar = measures().space[2]
        self.setMinimumWidth(self.area.widget().minimumSizeHint().width() + bar)
        self._later = QTimer(self, singleShot=True, interval=_SAVE_MS)
        self._later.timeout.connect(lambda: self.prompt_changed.emit(self.prompt.toPlainText()))

    # --- building ------------------------------------------------------------------------

    def _build_scroll(self) -> QVBoxLayout:
        space = measures().space
        self.area = QScrollArea(self)
        self.area.setObjectName("plain")
        self.area.setWidgetResizable(True)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        keep_bar(self.area)
        inside = QWidget(self.area)
        column = QVBoxLayout(inside)
        column.setContentsMargins(space[3], space[2], space[3], space[3])
        column.setSpacing(space[1])
        self.area.setWidget(inside)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.area)
        return column

    def _section(self, words: str) -> QLabel:
        label = QLabel(words, self)
        label.setObjectName("section")
        label.setWordWrap(True)
        self._column.addWidget(label)
        return label

    def _hint(self, words: str) -> QLabel:
        label = QLabel(words, self)
        label.setObjectName("hint")
        label.setWordWrap(True)
        self._column.addWidget(label)
        return label

    def _build_prompt(self) -> None:
        label = self._section(strings.PROMPT)
        self.presets = QComboBox(self)
        label.setBuddy(self.presets)
        self.presets.setAccessibleName(strings.PRESETS_NAME)
        self.presets.setMinimumContentsLength(8)
        self.presets.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.presets.activated.connect(self._preset_chosen)
        self._column.addWidget(self.presets)
        self.prompt = QPlainTextEdit(self)
        self.prompt.setAccessibleName(strings.PROMPT_NAME)
        self.prompt.setPlaceholderText(strings.PROMPT_HINT)
        self.prompt.setTabChangesFocus(True)
        self.prompt.viewport().setFocusProxy(None)  # as in QuestionLine
        self.prompt.setFixedHeight(5 * self.fontMetrics().lineSpacing())
        self.prompt.textChanged.connect(self._prompt_typed)
        self._column.addWidget(self.prompt)
        self.save_preset = QPushButton(strings.PRESET_SAVE, self)
        self.save_preset.clicked.connect(lambda: self.preset_saved.emit(self.prompt.toPlainText()))
        self.delete_preset = QPushButton(strings.PRESET_DELETE, self)
        self.delete_preset.clicked.connect(self._delete_pressed)
        for button in (self.save_preset, self.delete_preset):
            button.setObjectName("quiet")
            row = QHBoxLayout()
            row.addWidget(button)
            row.addStretch(1)
            self._column.addLayout(row)
        self.metadata = QCheckBox(strings.METADATA, self)
        self.metadata.setToolTip(strings.METADATA_TIP)
        self.metadata.toggled.connect(self.metadata_changed)
        self._column.addWidget(self.metadata)

    def _build_answer(self) -> None:
        label = self._section(strings.CHANCE)
        self.chance = QSlider(Qt.Orientation.Horizontal, self)
        label.setBuddy(self.chance)
        self.chance.setRange(0, WARMEST)
        self.chance.setObjectName("measured")
        self.chance.setPageStep(5)
        self.chance.setAccessibleName(strings.CHANCE_NAME)
        self.chance.setToolTip(strings.CHANCE_TIP)
        self.chance.valueChanged.connect(self._changed)
        self._column.addWidget(self.chance)
        self.chance_words = self._hint(strings.CHANCE_NONE)
        label = self._section(strings.LENGTH)
        self.length = NumberBox(self)
        label.setBuddy(self.length)
        self.length.setRange(1, LONGEST)
        self.length.setSingleStep(64)
        self.length.setAccessibleName(strings.LENGTH_NAME)
        self.length.setSuffix(strings.LENGTH_UNIT)
        self.length.setValue(AnswerSettings().max_new_tokens)
        self.length.valueChanged.connect(self._changed)
        self._column.addWidget(self.length)

    def _build_form(self) -> None:
        self._section(strings.FORM)
        self.form_words = self._hint(strings.FORM_NONE)
        self.edit_form = QPushButton(strings.FORM_MAKE, self)
        self.edit_form.clicked.connect(self.schema_wanted)
        self.drop_form = QPushButton(strings.FORM_DROP, self)
        self.drop_form.clicked.connect(self.schema_dropped)
        for button in (self.edit_form, self.drop_form):
            button.setObjectName("quiet")
            row = QHBoxLayout()
            row.addWidget(button)
            row.addStretch(1)
            self._column.addLayout(row)

    def _build_examples(self) -> None:
        self._section(strings.EXAMPLES)
        self.examples_words = self._hint(strings.EXAMPLES_NONE)
        self.examples = QListWidget(self)
        self.examples.setAccessibleName(strings.EXAMPLES_NAME)
        self.examples.setFixedHeight(5 * self.fontMetrics().lineSpacing())
        self.examples.setWordWrap(True)
        self._column.addWidget(self.examples)
        self.add_example = QPushButton(strings.EXAMPLE_ADD, self)
        self.add_example.clicked.connect(self.example_wanted)
        self.remove_example = QPushButton(strings.EXAMPLE_REMOVE, self)
        self.remove_example.clicked.connect(self._remove_pressed)
        for button in (self.add_example, self.remove_example):
            button.setObjectName("quiet")
            row = QHBoxLayout()
            row.addWidget(button)
            row.addStretch(1)
            self._column.addLayout(row)

    # --- what is shown -------------------------------------------------------------------

    @property
    def settings(self) -> AnswerSettings:
        return AnswerSettings(self.chance.value() / 10, self.length.value(), self._schema)

    def options(self, max_image_tokens: int | None) -> GenerationOptions:
        """How the next answer is to be written, as far as the model can."""
        chosen = self.settings
        usable = chosen if self._can.json else replace(chosen, json_schema="")
        return usable.options(max_image_tokens)

    def show_settings(self, settings: AnswerSettings) -> None:
        with QSignalBlocker(self.chance), QSignalBlocker(self.length):
            self.chance.setValue(round(settings.temperature * 10))
            self.length.setValue(settings.max_new_tokens)
        self._schema = settings.json_schema
        self._tell_chance()

    def show_form(self, schema: str, summary: str) -> None:
        """The schema answers have to fulfil, and its fields in words; "" for none."""
        self._schema, self._summary = schema, summary
        words = summary or strings.FORM_NONE
        self.form_words.setText(words if self._can.json else strings.NO_FORM)
        self.edit_form.setText(strings.FORM_CHANGE if schema else strings.FORM_MAKE)
        self.drop_form.setVisible(bool(schema))

    def show_capabilities(self, can: ChatCapabilities) -> None:
        """What the model cannot take is off, and it is said why."""
        self._can = can
        for one in (self.presets, self.prompt, self.metadata):
            one.setEnabled(can.system_prompt)
        hint = strings.PROMPT_HINT if can.system_prompt else strings.NO_PROMPT
        self.prompt.setPlaceholderText(hint)
        self.edit_form.setEnabled(can.json)
        self.add_example.setEnabled(can.multi_turn)
        words = strings.EXAMPLES_NONE if can.multi_turn else strings.NO_EXAMPLES
        self.examples_words.setText(words)
        self.show_form(self._schema, self._summary)

    def show_presets(self, presets: tuple[PromptPreset, ...]) -> None:
        self._presets = presets
        self._fill_presets()

    def show_conversation(self, conversation: Conversation | None, prompt: str) -> None:
        """`prompt` is the one a conversation will begin with, where none is open."""
        text = conversation.system_prompt if conversation else prompt
        if text != self.prompt.toPlainText() and not self._later.isActive():
            with QSignalBlocker(self.prompt):
                self.prompt.setPlainText(text)
        with QSignalBlocker(self.metadata):
            self.metadata.setChecked(conversation.metadata if conversation else False)
            self.metadata.setEnabled(conversation is not None and self._can.system_prompt)
        self._fill_presets()
        self._show_examples(conversation)

    def _show_examples(self, conversation: Conversation | None) -> None:
        examples = conversation.examples if conversation else ()
        self.examples.clear()
        for one in examples:
            letter = conversation.picture(one.picture).letter if conversation else ""
            words = fill(strings.EXAMPLE, letter=letter, question=one.question, answer=one.answer)
            self.examples.addItem(words)
            self.examples.item(self.examples.count() - 1).setData(Qt.ItemDataRole.UserRole, one.id)
        self.examples.setVisible(bool(examples))
        self.remove_example.setVisible(bool(examples))
        self.examples_words.setVisible(not examples)

    def _fill_presets(self) -> None:
        """The preset that says what is written is the one chosen."""
        text = self.prompt.toPlainText()
        with QSignalBlocker(self.presets):
            self.presets.clear()
            self.presets.addItem(strings.PRESET_NONE, "")
            for one in self._presets:
                self.presets.addItem(one.name, one.text)
            at = self.presets.findData(text)
            if at < 0:
                self.presets.addItem(strings.PRESET_OWN, text)
                at = self.presets.count() - 1
            self.presets.setCurrentIndex(at)
        own = {one.name for one in self._presets if not one.builtin}
        self.delete_preset.setVisible(self.presets.currentText() in own)
        known = {one.text for one in self._presets}
        self.save_preset.setVisible(bool(text.strip()) and text not in known)

    # --- what the user does --------------------------------------------------------------

    def _prompt_typed(self) -> None:
        self._later.start()
        self._fill_presets()

    def _preset_chosen(self, place: int) -> None:
        text = self.presets.itemData(place) or ""
        self._later.stop()
        with QSignalBlocker(self.prompt):
            self.prompt.setPlainText(text)
        self._fill_presets()
        self.prompt_changed.emit(text)

    def _delete_pressed(self) -> None:
        self.preset_deleted.emit(self.presets.currentText())

    def _remove_pressed(self) -> None:
        item = self.examples.currentItem() or self.examples.item(0)
        if item is not None:
            self.example_removed.emit(item.data(Qt.ItemDataRole.UserRole))

    def _changed(self) -> None:
        self._tell_chance()
        self.settings_changed.emit()

    def _tell_chance(self) -> None:
        warmth = self.chance.value() / 10
        words = strings.CHANCE_NONE if not warmth else fill(strings.CHANCE_SOME, warmth=warmth)
        self.chance_words.setText(words)
        self.chance.setAccessibleDescription(words)

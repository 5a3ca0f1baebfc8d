"""The options panel over the engine: presets, instructions, the form, solved examples."""

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QInputDialog, QWidget

from vlm_desktop.base.conversations import PromptPreset
from vlm_desktop.base.language import fill
from vlm_desktop.gui.desk import Desk
from vlm_desktop.gui.panes.chat.answer_settings import AnswerSettings
from vlm_desktop.gui.panes.chat.options_panel import OptionsPanel
from vlm_desktop.gui.panes.chat.schema_dialog import SchemaDialog
from vlm_desktop.gui.panes.chat.schema_fields import names_of
from vlm_desktop.gui.panes.chat.session import ChatSession
from vlm_desktop.gui.strings import chat as strings
from vlm_desktop.gui.undo import Change
from vlm_desktop.gui.verbs import quick


class OptionsCorner(QObject):
    """Keeps what conversations to come begin with; the open one keeps its own. Main thread."""

    form_changed = Signal(str)
    """The fields of the form answers are to fill, in words; "" for none."""

    example_wanted = Signal()

    def __init__(
        self, desk: Desk, session: ChatSession, panel: OptionsPanel, over: QWidget
    ) -> None:
        super().__init__(over)
        self._desk, self._session, self._panel, self._over = desk, session, panel, over
        self.prompt = ""
        panel.prompt_changed.connect(self._prompt_changed)
        panel.metadata_changed.connect(
            lambda told: session.do(lambda chat, number: chat.set_metadata(number, told))
        )
        panel.preset_saved.connect(self.ask_preset_name)
        panel.preset_deleted.connect(self.delete_preset)
        panel.schema_wanted.connect(self.edit_form)
        panel.schema_dropped.connect(lambda: self.use_schema(""))
        panel.example_wanted.connect(self.example_wanted)
        panel.example_removed.connect(
            lambda example: session.do(lambda chat, number: chat.remove_example(number, example))
        )
        for signal in (session.opened, session.changed):
            signal.connect(self._show)
        changes = desk.changes
        for signal in (changes.performed, changes.undone, changes.redone):
            signal.connect(lambda *_: self.load_presets())
        self.use_schema("")
        self._show()

    def _show(self) -> None:
        self._panel.show_conversation(self._session.conversation, self.prompt)

    def begin_with(self, prompt: str) -> None:
        """The instructions of conversations to come."""
        self.prompt = prompt
        self._show()

    # --- instructions --------------------------------------------------------------------

    def load_presets(self) -> None:
        services = self._desk.services
        self._desk.fetch(
            lambda: services.chat.presets(), self._panel.show_presets, latest="chat-presets"
        )

    def _prompt_changed(self, text: str) -> None:
        if self._session.conversation is None:
            self.prompt = text
        else:
            self._session.do(lambda chat, number: chat.set_system_prompt(number, text))

    def ask_preset_name(self, text: str) -> None:
        """Keep instructions under a name."""
        dialog = QInputDialog(self._over)
        dialog.setWindowTitle(strings.PRESET_TITLE)
        dialog.setLabelText(strings.PRESET_LABEL)
        dialog.setOkButtonText(strings.PRESET_GO)
        dialog.textValueSelected.connect(lambda name: self.save_preset(name.strip(), text))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def save_preset(self, name: str, text: str) -> None:
        services = self._desk.services

        def save() -> PromptPreset | None:
            known = [one for one in services.chat.presets() if one.name == name]
            services.chat.save_preset(name, text)
            return known[0] if known else None

        def take_back(before: PromptPreset | None) -> object:
            if before is not None:
                return quick(lambda: services.chat.save_preset(name, before.text))
            return quick(lambda: services.chat.delete_preset(name))

        change = Change(fill(strings.CHANGE_PRESET, name=name), quick(save), take_back)
        self._desk.changes.perform(change)

    def delete_preset(self, name: str) -> None:
        """Undo brings it back."""
        services = self._desk.services

        def take_back(gone: PromptPreset | None) -> object:
            text = gone.text if gone else ""
            return quick(lambda: services.chat.save_preset(name, text))

        change = Change(
            fill(strings.CHANGE_PRESET_GONE, name=name),
            quick(lambda: services.chat.delete_preset(name)),
            take_back,
        )
        self._desk.changes.perform(change)

    # --- the form ------------------------------------------------------------------------

    def edit_form(self) -> None:
        """Ask which fields an answer is to have."""
        dialog = SchemaDialog(self._panel.settings.json_schema, self._over)
        dialog.schema_chosen.connect(self.use_schema)
        dialog.open()

    def use_schema(self, schema: str) -> None:
        names = names_of(schema)
        summary = fill(strings.FORM_OF, fields=", ".join(names)) if schema else ""
        self._panel.show_form(schema, summary)
        self.form_changed.emit(summary)
        self._panel.settings_changed.emit()

    def use_settings(self, settings: AnswerSettings) -> None:
        """What was chosen at the last start."""
        self._panel.show_settings(settings)
        self.use_schema(settings.json_schema)

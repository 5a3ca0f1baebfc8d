"""The form: every setting is there, acts, is saved, can be undone and found."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QComboBox, QFileDialog, QLabel, QSpinBox, QWidget
from pytestqt.qtbot import QtBot

from vlm_desktop.base.settings import DEFAULTS, RULES, Acts, Group, load_settings
from vlm_desktop.gui import motion
from vlm_desktop.gui.panes.settings.row import shown
from vlm_desktop.gui.panes.settings.settings_pane import SettingsPane
from vlm_desktop.gui.strings import settings as strings


def test_every_setting_has_its_words() -> None:
    assert set(strings.LABELS) == set(strings.SENTENCES) == set(RULES)
    choices = {f"{name}.{choice}" for name, rule in RULES.items() for choice in rule.choices}
    assert set(strings.CHOICES) == choices
    assert {rule.unit for rule in RULES.values()} <= set(strings.UNITS)
    assert {group.value for group in Group} <= set(strings.GROUPS)
    assert set(strings.ACTS) == {one.value for one in Acts}


def test_every_setting_stands_in_its_section(pane: SettingsPane) -> None:
    for name, rule in RULES.items():
        assert pane.rows[name] in pane.sections[rule.group].rows
        assert pane.rows[name].isVisibleTo(pane)


def choose(row_editor: QWidget, value: str) -> None:
    assert isinstance(row_editor, QComboBox)
    row_editor.setCurrentIndex(row_editor.findData(value))
    row_editor.activated.emit(row_editor.currentIndex())


def test_a_theme_acts_at_once_is_saved_and_undone(
    pane: SettingsPane, home: Path, themes: list[str], qtbot: QtBot
) -> None:
    before = len(themes)
    choose(pane.rows["theme"].editor, "dark")
    qtbot.waitUntil(lambda: themes[before:] == ["dark"])
    assert load_settings(home / "settings.json").theme == "dark"
    assert "Colours" in pane.desk.changes.undo_text
    pane.desk.changes.undo()
    qtbot.waitUntil(lambda: themes[before:] == ["dark", "light"])
    assert pane.rows["theme"].value() == "light"
    assert load_settings(home / "settings.json").theme == "light"


def test_what_needs_a_new_start_says_so(pane: SettingsPane, qtbot: QtBot) -> None:
    row = pane.rows["scale"]
    assert row.note.text() == strings.ACTS["restart"]
    assert not row.reset.isVisible()
    assert isinstance(row.editor, QSpinBox)
    row.editor.setValue(150)
    qtbot.waitUntil(lambda: row.note.text() == strings.RESTART_NEEDED)
    assert row.reset.isVisible()
    qtbot.mouseClick(row.reset, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: row.note.text() == strings.ACTS["restart"])
    assert row.value() == 100


def test_many_steps_of_an_arrow_are_one_change(
    pane: SettingsPane, home: Path, qtbot: QtBot
) -> None:
    row = pane.rows["max_pixels"]
    assert isinstance(row.editor, QSpinBox)
    assert row.editor.text() == "400 megapixels"
    row._settle.setInterval(2000)  # a busy machine may be slow between two key presses
    row.editor.setFocus()
    for _ in range(5):
        qtbot.keyClick(row.editor, Qt.Key.Key_Up)
    changed = load_settings(home / "settings.json").max_pixels
    assert changed == 400_000_000, "the first step was taken for the last"
    qtbot.waitUntil(
        lambda: load_settings(home / "settings.json").max_pixels == 450_000_000, timeout=20_000
    )
    qtbot.waitUntil(lambda: pane.desk.changes.undo_text != "")
    pane.desk.changes.undo()
    qtbot.waitUntil(lambda: load_settings(home / "settings.json").max_pixels == 400_000_000)
    qtbot.waitUntil(lambda: pane.desk.changes.undo_text == "")


def test_leaving_a_number_does_not_lose_it(pane: SettingsPane, home: Path, qtbot: QtBot) -> None:
    row = pane.rows["decode_workers"]
    assert isinstance(row.editor, QSpinBox)
    assert row.editor.text() == "1"
    row.editor.setFocus()
    qtbot.keyClick(row.editor, Qt.Key.Key_Down)
    assert row.editor.text() == strings.AUTOMATIC
    assert load_settings(home / "settings.json").decode_workers == 1
    pane.search.setFocus()
    qtbot.waitUntil(lambda: load_settings(home / "settings.json").decode_workers == 0)


def test_the_wheel_scrolls_and_changes_nothing(pane: SettingsPane) -> None:
    for name in ("scale", "theme"):
        editor = pane.rows[name].editor
        before = pane.rows[name].value()
        editor.setFocus()
        wheel = QWheelEvent(
            QPointF(5, 5), QPointF(editor.mapToGlobal(QPoint(5, 5))), QPoint(0, 120),
            QPoint(0, 120), Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(editor, wheel)
        assert pane.rows[name].value() == before


def test_a_setting_is_found_by_any_word_of_it(pane: SettingsPane, qtbot: QtBot) -> None:
    pane.search.setText("pdf")
    assert [name for name, row in pane.rows.items() if row.isVisible()] == ["max_pages"]
    hidden = {
        pane.list.item(row).text() for row in range(pane.list.count()) if pane.list.isRowHidden(row)
    }
    assert "Text in pictures" not in hidden
    assert "Look" in hidden
    pane.search.setText("dark")
    assert pane.rows["theme"].isVisible()
    pane.search.setText("privacy")
    assert pane.privacy.forget_photos.isVisible()
    pane.search.setText("qqq")
    assert pane.nothing.isVisible()
    qtbot.mouseClick(pane.show_all, Qt.MouseButton.LeftButton)
    assert pane.rows["theme"].isVisible()
    assert not pane.nothing.isVisible()


def test_a_setting_is_found_by_the_name_in_the_file(pane: SettingsPane) -> None:
    pane.search.setText("gpu memory")
    assert [name for name, row in pane.rows.items() if row.isVisible()] == ["gpu_memory_mb"]


def test_looking_for_nothing_leaves_no_gap(pane: SettingsPane) -> None:
    assert not pane.library.copies.isVisible()
    pane.search.setText("pdf")
    pane.search.clear()
    assert not pane.library.copies.isVisible()


def test_the_palette_changes_colours_from_anywhere(
    open_settings: Callable[..., SettingsPane], home: Path, themes: list[str], qtbot: QtBot
) -> None:
    pane = open_settings(home)
    before = len(themes)
    pane.desk.actions.get("view.theme-contrast").trigger()
    qtbot.waitUntil(lambda: themes[before:] == ["contrast"])
    pane.desk.actions.get("view.theme-system").trigger()
    qtbot.waitUntil(lambda: themes[before:] == ["contrast", "system"])
    assert load_settings(home / "settings.json").theme == "system"


def test_escape_backs_out_of_the_search(pane: SettingsPane, qtbot: QtBot) -> None:
    pane.search.setText("pdf")
    qtbot.keyClick(pane.search, Qt.Key.Key_Escape)
    assert pane.search.text() == ""
    assert not pane.back()


def test_the_list_goes_to_a_section(pane: SettingsPane, qtbot: QtBot) -> None:
    pane.list.setCurrentRow(list(pane.sections).index("privacy"))
    bar = pane.scroll.verticalScrollBar()
    assert bar.value() > 0
    assert pane.privacy.heading.visibleRegion().boundingRect().height() > 0
    assert pane.state() == {"section": list(pane.sections).index("privacy")}


def test_less_motion_acts_at_once(pane: SettingsPane, qtbot: QtBot) -> None:
    try:
        pane.change("reduced_motion", True)
        qtbot.waitUntil(lambda: motion.milliseconds(120) == 0)
        pane.desk.changes.undo()
        qtbot.waitUntil(lambda: motion.milliseconds(120) == 120)
    finally:
        motion.reduce(False)


# --- settings as a file ------------------------------------------------------------------


def test_settings_go_to_a_file_and_come_back(
    pane: SettingsPane,
    said: Callable[[], str],
    tmp_path: Path,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    target = tmp_path / "mine.json"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(target), ""))
    pane.change("max_pages", 7)
    qtbot.waitUntil(lambda: pane.rows["max_pages"].value() == 7)
    pane.desk.actions.get("settings.export").trigger()
    qtbot.waitUntil(target.is_file)
    pane.reset_all()
    qtbot.waitUntil(lambda: pane._current == DEFAULTS)
    pane.desk.actions.get("settings.import").trigger()
    qtbot.waitUntil(lambda: pane.rows["max_pages"].value() == 7)
    qtbot.waitUntil(lambda: said() == strings.SETTINGS_IMPORTED)
    pane.desk.changes.undo()
    qtbot.waitUntil(lambda: pane._current == DEFAULTS)


def test_a_file_that_holds_no_settings_is_said(
    pane: SettingsPane,
    said: Callable[[], str],
    tmp_path: Path,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bad = tmp_path / "bad.json"
    bad.write_text("[]", encoding="utf-8")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(bad), ""))
    pane.transfer.take_in()
    qtbot.waitUntil(lambda: "holds no settings" in said())


def test_a_change_that_cannot_be_saved_is_said_and_taken_back(
    pane: SettingsPane, said: Callable[[], str], home: Path, qtbot: QtBot
) -> None:
    (home / "settings.json").unlink()
    (home / "settings.json").mkdir()
    choose(pane.rows["theme"].editor, "dark")
    qtbot.waitUntil(lambda: "cannot be written" in said())
    qtbot.waitUntil(lambda: pane.rows["theme"].value() == "light")


# --- for everybody -----------------------------------------------------------------------


def test_every_control_has_a_name_and_every_label_of_one_a_buddy(
    pane: SettingsPane, qtbot: QtBot
) -> None:
    qtbot.waitUntil(lambda: pane.about.data.text() != "")
    nameless = [
        widget
        for widget in pane.findChildren(QWidget)
        if widget.isVisible()
        and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and not widget.accessibleName()
        and not getattr(widget, "text", str)()
        and not widget.objectName().startswith("qt_")
    ]
    assert nameless == []
    for row in pane.rows.values():
        assert row.label.buddy() is row.editor
        assert row.sentence.text() in row.editor.accessibleDescription()
    assert all(label.text() or not label.isVisible() for label in pane.findChildren(QLabel))


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("ocr", True, "on"),
        ("theme", "contrast", "Strong contrast"),
        ("search_model", "mine", "mine"),
        ("max_pixels", 400_000_000, "400 megapixels"),
        ("encode_threads", 0, "Automatic"),
        ("decode_memory_mb", 3072, "3,072 MB"),
    ],
)
def test_values_are_said_as_a_person_reads_them(name: str, value: object, words: str) -> None:
    assert shown(name, value) == words  # type: ignore[arg-type]


def test_models_that_search_and_models_that_answer_are_told_apart(
    pane: SettingsPane, qtbot: QtBot
) -> None:
    for name in ("search_model", "chat_model"):
        editor = pane.rows[name].editor
        assert isinstance(editor, QComboBox)
        qtbot.waitUntil(lambda editor=editor: editor.itemText(0) == "Starter")
        assert [editor.itemData(index) for index in range(editor.count())] == ["starter"]

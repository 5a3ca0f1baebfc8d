"""Finds texts that do not fit the widgets they stand in."""

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QCheckBox,
    QComboBox,
    QGroupBox,
    QLabel,
    QPushButton,
    QRadioButton,
    QStyle,
    QStyleOptionComboBox,
    QTabBar,
    QToolButton,
    QWidget,
)

from vlm_desktop.gui.widgets.elided_box import ElidedBox
from vlm_desktop.gui.widgets.elided_label import ElidedLabel

_SLACK = 1


def clipped_texts(window: QWidget) -> list[str]:
    """A line for each visible text that is cut off, by its widget's class and its words."""
    found = []
    for widget in window.findChildren(QWidget):
        if isinstance(widget, ElidedLabel | ElidedBox) or not widget.isVisible():
            continue
        if widget.window() is not window.window():
            continue  # another window, over this one
        text, why = _trouble(widget)
        if text and not why:
            why = _out_of_sight(widget, window)
        if why:
            name = widget.objectName() or type(widget.parent()).__name__
            found.append(f"{type(widget).__name__} in {name}: “{text[:60]}” {why}")
    return found


def _trouble(widget: QWidget) -> tuple[str, str]:
    """The widget's text, "" for none, and why it does not fit, "" when it does."""
    match widget:
        case QLabel():
            return widget.text(), _label(widget)
        case QComboBox():
            return widget.currentText(), _combo_box(widget)
        case QAbstractButton():
            return widget.text(), _button(widget)
        case QGroupBox():
            wanted = _size(widget.fontMetrics(), widget.title()).width()
            return widget.title(), _compare(QSize(wanted, 0), widget.size())
        case QTabBar():
            return widget.tabText(0), "" if widget.usesScrollButtons() else _tabs(widget)
        case _:
            return "", ""


def _label(label: QLabel) -> str:
    if not label.text():
        return ""
    if label.wordWrap():
        return _compare(QSize(0, label.heightForWidth(label.width())), label.size())
    return _compare(label.sizeHint(), label.size())


def _button(button: QAbstractButton) -> str:
    text = button.text()
    if not text:
        return ""
    wanted = _size(button.fontMetrics(), text)
    if isinstance(button, QCheckBox | QRadioButton):
        style = button.style()
        wanted.setWidth(
            wanted.width()
            + style.pixelMetric(QStyle.PixelMetric.PM_IndicatorWidth, None, button)
            + style.pixelMetric(QStyle.PixelMetric.PM_CheckBoxLabelSpacing, None, button)
        )
    elif isinstance(button, QPushButton):
        wanted.setWidth(wanted.width() + (button.iconSize().width() + 4) * _has_icon(button))
    elif isinstance(button, QToolButton):
        return _tool_button(button, wanted)
    return _compare(wanted, button.size())


def _tool_button(button: QToolButton, wanted: QSize) -> str:
    match button.toolButtonStyle():
        case Qt.ToolButtonStyle.ToolButtonIconOnly if _has_icon(button):
            return ""
        case Qt.ToolButtonStyle.ToolButtonTextBesideIcon if _has_icon(button):
            wanted.setWidth(wanted.width() + button.iconSize().width() + 4)
        case Qt.ToolButtonStyle.ToolButtonTextUnderIcon if _has_icon(button):
            wanted.setHeight(wanted.height() + button.iconSize().height())
        case _:
            pass
    return _compare(wanted, button.size())


def _has_icon(button: QAbstractButton) -> bool:
    return not button.icon().isNull()


def _combo_box(box: QComboBox) -> str:
    option = QStyleOptionComboBox()
    box.initStyleOption(option)
    field: QRect = box.style().subControlRect(
        QStyle.ComplexControl.CC_ComboBox,
        option,
        QStyle.SubControl.SC_ComboBoxEditField,
        box,
    )
    wanted = box.fontMetrics().horizontalAdvance(box.currentText())
    return _compare(QSize(wanted, 0), field.size())


def _tabs(bar: QTabBar) -> str:
    wanted = sum(
        _size(bar.fontMetrics(), bar.tabText(number)).width() for number in range(bar.count())
    )
    return _compare(QSize(wanted, 0), bar.size())


def _size(metrics: QFontMetrics, text: str) -> QSize:
    return metrics.size(int(Qt.TextFlag.TextShowMnemonic), text)


def _compare(wanted: QSize, given: QSize) -> str:
    if wanted.width() > given.width() + _SLACK:
        return f"needs {wanted.width()} px of width and has {given.width()}"
    if wanted.height() > given.height() + _SLACK:
        return f"needs {wanted.height()} px of height and has {given.height()}"
    return ""


def _out_of_sight(widget: QWidget, window: QWidget) -> str:
    """Whether a parent cuts the widget; only what lies below or above can be scrolled to."""
    parent, box = widget.parentWidget(), widget.geometry()
    while parent is not None:
        area = parent.parentWidget()
        if isinstance(area, QAbstractScrollArea) and area.viewport() is parent:
            sideways = box.left() < -_SLACK or box.right() > parent.width() + _SLACK
            return f"is to be scrolled sideways in {type(area).__name__}" if sideways else ""
        if not parent.rect().adjusted(-_SLACK, -_SLACK, _SLACK, _SLACK).contains(box):
            return f"sticks out of {type(parent).__name__}"
        if parent is window:
            break
        box.translate(parent.pos())
        parent = parent.parentWidget()
    return ""

"""What a screen reader calls a widget that paints itself: Qt knows no role for such a one."""

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QAccessibleWidget, QWidget

Painted = TypeVar("Painted", bound=type[QWidget])
_roles: dict[type[QWidget], QAccessible.Role] = {}


def speaks_as(role: QAccessible.Role) -> Callable[[Painted], Painted]:
    """Decorates a class of widgets; they keep saying their own accessible names."""

    def remember(painted: Painted) -> Painted:
        if not _roles:
            QAccessible.installFactory(_interface)
        _roles[painted] = role
        return painted

    return remember


def _interface(_: str, widget: QObject) -> QAccessibleInterface | None:
    """For Qt, which asks for every widget it speaks of and owns what it gets."""
    role = _roles.get(type(widget))  # type: ignore[call-overload]
    return None if role is None else QAccessibleWidget(widget, role)

"""What a person does over the picture, as steps of the outline or changes of objects."""

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPointF, QRectF

from vlm_desktop.base.grounding import GroundObject, ObjectState
from vlm_desktop.base.language import fill
from vlm_desktop.base.types import Box
from vlm_desktop.gui.announce import announce
from vlm_desktop.gui.panes.ground.items import DRAFT, FOUND, OBJECT, OTHER, ItemKey, key
from vlm_desktop.gui.panes.ground.refining import Refining
from vlm_desktop.gui.panes.ground.session import COLOURS
from vlm_desktop.gui.strings import ground as strings

if TYPE_CHECKING:
    from vlm_desktop.gui.panes.ground.ground_pane import GroundPane


class Hands(QObject):
    """Main thread. The canvas tells, the session and the outline change."""

    def __init__(self, pane: "GroundPane") -> None:
        super().__init__(pane)
        self._pane = pane
        self._session, self._pointing = pane.session, pane.pointing
        self._refining = Refining(pane.session, self)
        self._keeps_soon = False
        """What is pointed at is to be kept as soon as its outline is here."""
        self._pointing.changed.connect(self._keep_now)
        canvas, objects = pane.canvas, pane.objects
        canvas.clicked.connect(self.click)
        canvas.box_drawn.connect(self.draw_box)
        canvas.point_moved.connect(self._move_point)
        canvas.point_removed.connect(self._remove_point)
        canvas.box_changed.connect(self._change_box)
        canvas.polygon_changed.connect(self._change_polygon)
        canvas.delete_wanted.connect(self.delete)
        canvas.chosen.connect(self.take)
        canvas.hovered.connect(self._hover)
        canvas.left.connect(self._pointing.leave)
        canvas.preview_turned.connect(lambda by: self._pointing.cycle(-by))
        canvas.wheel_taker = self._turn
        objects.list.chosen.connect(self.take)
        objects.list.delete_wanted.connect(self.delete)
        objects.labelled.connect(self.label)
        objects.keep_wanted.connect(lambda: self.take(pane.current))
        objects.change_wanted.connect(lambda: self.change_outline(pane.current))
        objects.remove_wanted.connect(lambda: self.delete(pane.current))

    # --- pointing ------------------------------------------------------------------------

    def click(self, at: QPointF, adds: bool) -> None:
        if self._pane.counting.is_active:
            self._pane.counting.click(at.x(), at.y(), adds)
        elif not self._pointing.add_point(at.x(), at.y(), adds):
            self._session.say(strings.OUTSIDE)

    def draw_box(self, box: QRectF) -> None:
        if not self._pane.counting.is_active:
            self._pointing.set_box(_box(box))

    def _hover(self, at: QPointF) -> None:
        if not self._pane.counting.is_active:
            self._pointing.point(at.x(), at.y())

    def _turn(self, under: tuple[ItemKey, ...], notches: int) -> bool:
        return key(DRAFT) in under and self._pointing.cycle(-notches)

    def _move_point(self, at: ItemKey, index: int, to: QPointF) -> None:
        if at == key(DRAFT):
            self._pointing.move_point(index, to.x(), to.y())
        elif at[0] == OBJECT:
            self._move_object_point(at[1], index, to)
        else:
            self._pane.counting.move(at, to.x(), to.y())

    def _move_object_point(self, number: int, index: int, to: QPointF) -> None:
        """An object that is only a point, as one that was counted."""
        one = self._session.object(number)
        if one is not None and index < len(one.points):
            points = list(one.points)
            points[index] = replace(points[index], x=to.x(), y=to.y())
            words = fill(strings.CHANGE_OUTLINE, name=self._session.name_of(one))
            self._session.put(words, replace(one, points=tuple(points)))

    def _remove_point(self, at: ItemKey, index: int) -> None:
        if at == key(DRAFT):
            self._pointing.remove_point(index)

    def _change_box(self, at: ItemKey, box: QRectF) -> None:
        if at == key(DRAFT):
            self._pointing.set_box(_box(box))
            return
        one = self._session.object(at[1]) if at[0] == OBJECT else None
        if one is not None:
            words = fill(strings.CHANGE_BOX, name=self._session.name_of(one))
            self._session.put(words, replace(one, box=_box(box)))

    def _change_polygon(self, at: ItemKey, corners: tuple[tuple[float, float], ...]) -> None:
        one = self._session.object(at[1]) if at[0] == OBJECT else None
        if one is not None:
            words = fill(strings.CHANGE_OUTLINE, name=self._session.name_of(one))
            across, down = [x for x, _ in corners], [y for _, y in corners]
            box = Box(min(across), min(down), max(across), max(down))
            self._session.put(words, replace(one, polygon=corners, box=box))

    def keep(self) -> bool:
        """Keep what is outlined; False where nothing is. What is not outlined yet is kept once it
        is; an outline that can become better does so where it is kept."""
        session, pointing = self._session, self._pointing
        mask, prompt = pointing.mask, pointing.prompt
        if pointing.is_active and pointing.is_behind:
            self._keeps_soon = True
            return True
        box = mask.box if mask is not None else prompt.box
        if not pointing.is_active or box is None:
            return False
        before = session.object(pointing.editing)
        number = before.number if before is not None else session.new_number()
        base = before or GroundObject(number, "", colour=number % COLOURS)
        source = pointing.answer.model if pointing.answer is not None else base.source
        one = replace(
            base,
            box=box,
            mask=mask,
            points=prompt.points,
            polygon=(),
            source=source,
            state=ObjectState.ACCEPTED,
        )
        form = strings.CHANGE_OUTLINE if before is not None else strings.CHANGE_ADDED
        name = session.name_of(one)
        model = pointing.awaited
        owes = model is not None or pointing.is_rough
        pointing.drop()
        session.put(fill(form, name=name), one)
        if mask is not None and owes:
            self._refining.owe(number, prompt, mask, model)
        self._pane.go_to(key(OBJECT, number))
        announce(self._pane, fill(strings.ADDED, name=name))
        return True

    def _keep_now(self) -> None:
        """The outline came, or will not come."""
        if self._keeps_soon and not self._pointing.is_behind:
            self._keeps_soon = False
            self.keep()

    def change_outline(self, at: ItemKey | None) -> None:
        """Go on with the points of a kept object."""
        one = self._session.object(at[1]) if at is not None and at[0] == OBJECT else None
        if one is not None:
            self._pointing.take_up(one)
            self._pane.choose_tool("point")
            self._pane.focus_picture()

    # --- what is chosen ------------------------------------------------------------------

    def take(self, at: ItemKey | None) -> None:
        """Enter or a click on it: what is outlined or found is kept, an object comes to hand."""
        if at is None:
            return
        if at[0] == DRAFT:
            self.keep()
        elif at[0] in (FOUND, OTHER):
            kept = self._pane.phrasing.keep(at[1], at[2], fits=at[0] == FOUND)
            if kept is not None:
                self._pane.go_to(key(OBJECT, kept.number))
                announce(self._pane, fill(strings.ADDED, name=kept.label))
        elif at[0] == OBJECT:
            self._session.choose(at[1])

    def delete(self, at: ItemKey | None) -> None:
        """Del: what is outlined is dropped, an object or a dot is removed."""
        if at is None:
            return
        if at[0] == DRAFT:
            self._pointing.throw_away()
        elif at[0] == OBJECT:
            one = self._session.object(at[1])
            if one is not None:
                name = self._session.name_of(one)
                following = self._beside(at)
                self._session.remove(at[1])
                if following is not None:
                    self._pane.go_to(following)
                announce(self._pane, fill(strings.REMOVED, name=name))
        else:
            self._pane.counting.delete(at)

    def _beside(self, at: ItemKey) -> ItemKey | None:
        """The object after one that goes, else the one before: the next to come to hand."""
        keys = [item.key for item in self._pane.canvas.items if item.key[0] == OBJECT]
        number = keys.index(at) if at in keys else -1
        return next(iter([*keys[number + 1 :], *reversed(keys[: max(0, number)])]), None)

    def label(self, words: str) -> None:
        """Call the chosen object this."""
        at = self._pane.current
        one = self._session.object(at[1]) if at is not None and at[0] == OBJECT else None
        if one is not None and one.label != words:
            name = words or self._session.name_of(one)
            self._session.put(fill(strings.CHANGE_LABEL, name=name), replace(one, label=words))


def _box(box: QRectF) -> Box:
    return Box(box.left(), box.top(), box.right(), box.bottom())

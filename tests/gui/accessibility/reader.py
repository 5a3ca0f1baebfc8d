"""What a screen reader gets of the program, as JSON. Run by the system's Python, which has Atspi.

One request per line on stdin, one answer per line on stdout:
  {"do": "tree", "pid": 1}            everything that shows, from the application down
  {"do": "focus", "pid": 1}           what has the focus, and where what had it before is now
  {"do": "moved", "pid": 1}           the same, once it is another and stays so for a moment
  {"do": "events"}                    what was announced and focused since the last time
  {"do": "press", "pid": 1, "path": [0, 2]}   the first action of what is at that path
"""

import json
import sys
import time

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402  the version must be named before

_DEEPEST = 40
_MOST_CHILDREN = 80
_EVENTS = (
    "object:announcement",
    "object:state-changed:focused",
    "object:active-descendant-changed",
)
_STAYS_SECONDS = 0.07
_MOVES_SECONDS = 1.0
"""After this long without an event the whole tree is searched."""
_heard: list[dict[str, object]] = []
_asked_for: list[object] = []
_came_to: list[object] = []
"""The source of the last event of the focus; it may have lost it since."""


def _listen(event) -> None:
    """Keep what a reader would speak."""
    kind = event.type.split(":", 1)[1]
    if kind.startswith("state-changed:focused") and not event.detail1:
        return
    try:
        said = event.any_data
        if kind.startswith("announcement"):
            _heard.append({"kind": "announcement", "text": str(said)})
        else:
            source = event.source
            if kind.startswith("active-descendant") and isinstance(said, Atspi.Accessible):
                source = said
            _came_to[:] = [source]
            _heard.append({"kind": "focus", **_plain(source)})
    except GLib.Error:
        pass  # gone before it could be read


def _plain(node) -> dict[str, object]:
    """What is said of one object."""
    box = node.get_extents(Atspi.CoordType.SCREEN)
    return {
        "role": node.get_role_name(),
        "name": node.get_name() or "",
        "description": node.get_description() or "",
        "states": sorted(state.value_nick for state in node.get_state_set().get_states()),
        "box": [box.x, box.y, box.width, box.height],
    }


def _described(node, path) -> dict[str, object]:
    described = _plain(node)
    described["path"] = path
    described["text"] = _text_of(node)
    described["actions"] = node.get_n_actions() if node.get_action_iface() else 0
    described["relations"] = {
        relation.get_relation_type().value_nick: [
            relation.get_target(number).get_name() for number in range(relation.get_n_targets())
        ]
        for relation in node.get_relation_set()
    }
    return described


def _text_of(node) -> str:
    text = node.get_text_iface()
    return Atspi.Text.get_text(text, 0, -1) if text is not None else ""


def _tree(node, path) -> dict[str, object]:
    described = _described(node, path)
    described["children"] = children = []
    if len(path) < _DEEPEST:
        for number in range(min(node.get_child_count(), _MOST_CHILDREN)):
            try:
                child = node.get_child_at_index(number)
                if child is not None and _shows(child):
                    children.append(_tree(child, [*path, number]))
            except GLib.Error:
                continue  # it went away while the tree was read
    return described


def _shows(node) -> bool:
    states = node.get_state_set()
    return states.contains(Atspi.StateType.SHOWING) or states.contains(Atspi.StateType.ACTIVE)


def _application(pid):
    desktop = Atspi.get_desktop(0)
    for number in range(desktop.get_child_count()):
        child = desktop.get_child_at_index(number)
        if child is not None and child.get_process_id() == pid:
            return child
    return None


def _focused(node, depth=0):
    """The deepest object with the focus."""
    states = node.get_state_set()
    if depth > _DEEPEST or (
        # Qt calls the current cell of a list focused even while the list is not.
        states.contains(Atspi.StateType.MANAGES_DESCENDANTS)
        and not states.contains(Atspi.StateType.FOCUSED)
    ):
        return None
    for number in range(min(node.get_child_count(), _MOST_CHILDREN)):
        child = node.get_child_at_index(number)
        if child is None or not (depth == 0 or _shows(child)):
            continue
        found = _focused(child, depth + 1)
        if found is not None:
            return found
    return node if states.contains(Atspi.StateType.FOCUSED) else None


def _moved(application):
    """The deepest object with the focus, another than at the last question, once it has stayed for
    a moment. Told by events; where none leads to it, the tree is searched."""
    last = _asked_for[-1] if _asked_for else None
    stays, since = None, time.monotonic()
    deadline = since + _MOVES_SECONDS
    while time.monotonic() < deadline:
        while GLib.MainContext.default().iteration(False):
            pass
        found = _led_to(application)
        if found is None or found == last or found != stays:
            stays, since = found, time.monotonic()
        elif time.monotonic() - since >= _STAYS_SECONDS:
            return found
        time.sleep(0.01)
    application.clear_cache()
    return _focused(application)


def _led_to(application):
    """What the last event led to, if that has the focus now: events come late."""
    try:
        came_to = _came_to[-1] if _came_to else None
        if came_to is None or came_to.get_process_id() != application.get_process_id():
            return None
        came_to.clear_cache()
        states = came_to.get_state_set()
        if not states.contains(Atspi.StateType.FOCUSED) or not _shows(came_to):
            return None
        parent = came_to.get_parent()
        if parent is not None and parent.get_state_set().contains(
            Atspi.StateType.MANAGES_DESCENDANTS
        ):
            parent.clear_cache()
            if not parent.get_state_set().contains(Atspi.StateType.FOCUSED):
                return None
        return _focused(came_to, 1)
    except GLib.Error:
        return None  # it is not there any more


def _told(focused) -> dict[str, object] | None:
    """What has the focus; `before` is the box of what had it at the last question, as it is now."""
    if focused is None:
        return None
    told = _plain(focused)
    told["before"] = told["box"]
    try:
        if _asked_for:
            told["before"] = _plain(_asked_for[-1])["box"]
    except GLib.Error:
        pass  # it is not there any more
    _asked_for[:] = [focused]
    return told


def _answer(request) -> object:
    if request["do"] == "events":
        heard, _heard[:] = list(_heard), []
        return heard
    application = _application(request["pid"])
    if application is None:
        return None
    application.clear_cache()
    if request["do"] == "tree":
        return _tree(application, [])
    if request["do"] == "focus":
        return _told(_focused(application))
    if request["do"] == "moved":
        return _told(_moved(application))
    node = application
    for number in request["path"]:
        node = node.get_child_at_index(number)
    return node.get_action_iface().do_action(0)


def _hear_request(channel, _condition, loop) -> bool:
    line = channel.readline()
    if not line:
        loop.quit()
        return False
    try:
        answer = {"answer": _answer(json.loads(line))}
    except (GLib.Error, AttributeError) as error:
        answer = {"error": str(error)}
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()
    return True


def main() -> None:
    Atspi.init()
    Atspi.set_timeout(2_000, 10_000)
    listener = Atspi.EventListener.new(_listen)
    for kind in _EVENTS:
        listener.register(kind)
    loop = GLib.MainLoop()
    channel = GLib.IOChannel.unix_new(sys.stdin.fileno())
    GLib.io_add_watch(channel, GLib.PRIORITY_DEFAULT, GLib.IO_IN | GLib.IO_HUP, _hear_request, loop)
    sys.stdout.write(json.dumps({"answer": "ready"}) + "\n")
    sys.stdout.flush()
    loop.run()


if __name__ == "__main__":
    main()

"""The Chat pane in its states, over conversations in memory and the real rest of the engine."""

import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from tests.gui.chat.fake_chat import FakeChat
from tests.tools.stage import Stage
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.chat import GenerationOptions
from vlm_desktop.base.chatwork import Side
from vlm_desktop.base.conversations import Attachment, Why
from vlm_desktop.base.types import Box, Size
from vlm_desktop.engine.samples import sample_photos
from vlm_desktop.gui.panes.chat.chat_pane import ChatPane

MARKDOWN = """The two pictures differ in **three ways**:

1. The *light* comes from the left in A and from above in B.
2. In A the cup is full, in B it is empty.
3. A has a spoon.

## What they share

| Thing | A | B |
|---|---|---|
| Cup | yes | yes |
| Spoon | yes | no |

> A table is under both.

```python
def count(cups: list[str]) -> int:
    return len([cup for cup in cups if "full" in cup])
```

See [the recipe](https://example.org/coffee) or `count(cups)`;
![a remote picture](http://evil.example/x.png) is not fetched, and <b>HTML</b> stays text.
"""


def _pane(stage: Stage) -> ChatPane:
    found = stage.window.pane("chat")
    assert isinstance(found, ChatPane)
    stage.until(lambda: found.choice.capabilities is not None)
    return found


def _ask(stage: Stage, text: str, *pictures: Attachment) -> ChatPane:
    pane = _pane(stage)
    pane.composer.pictures.put(pictures)
    pane.composer.put(text)
    stage.until(lambda: not pane.session.is_busy)
    pane.send()
    return pane


def _pictures() -> tuple[Attachment, Attachment]:
    folder = sample_photos()
    assert folder is not None, "scikit-image is a dependency"
    return Attachment(folder / "coffee.png"), Attachment(folder / "chelsea.png")


def empty(stage: Stage, _: FakeChat) -> None:
    _pane(stage)


def no_model(stage: Stage, chat: FakeChat) -> None:
    chat.ready = ()
    stage.window.pane("chat").choice.refresh()


def conversation(stage: Stage, chat: FakeChat) -> None:
    """Two pictures, Markdown, a second question with two versions."""
    chat.answer = lambda _: MARKDOWN
    pane = _ask(stage, "How do these two pictures differ?", *_pictures())
    stage.until(lambda: not pane.session.is_busy)
    chat.answer = lambda _: "Three, and one of them is behind the cup."
    _ask(stage, "How many spoons are there in A?")
    stage.until(lambda: not pane.session.is_busy)
    pane.turns.again(Why.ANOTHER)
    stage.until(lambda: not pane.session.is_busy)


def streaming(stage: Stage, chat: FakeChat) -> None:
    conversation(stage, chat)
    pane = _pane(stage)
    written = iter(range(30))

    def wait(timeout: float) -> bool:
        del timeout
        return next(written, None) is not None

    chat.answer = lambda _: "A long answer that goes on and on. " * 40
    chat.gate.wait = wait
    _ask(stage, "Tell me everything.")
    stage.until(lambda: pane.transcript.views[-1].facts.text.count("on") > 8, 5)


def compare(stage: Stage, chat: FakeChat) -> None:
    chat.answer = lambda _: "A cup of coffee on a wooden table, with a spoon beside it."
    pane = _pane(stage)
    sides = (Side("starter-assistant"), Side("big", GenerationOptions(temperature=0.7)))
    pane.session.compare(
        "What is in this picture?", _pictures()[:1], sides, model_id="", system_prompt=""
    )
    stage.until(lambda: pane.session.conversation and not pane.session.is_busy)


def form(stage: Stage, chat: FakeChat) -> None:
    chat.answer = lambda _: (
        '{"object": "cup", "colour": "white", "count": 2, "full": true, "on": ["table", "tray"]}'
    )
    pane = _pane(stage)
    pane.options.use_schema(
        '{"type": "object", "properties": {"object": {"type": "string"}, "colour": {"type": '
        '"string"}, "count": {"type": "integer"}, "full": {"type": "boolean"}, "on": {"type": '
        '"array", "items": {"type": "string"}}}, "required": ["object", "colour", "count", '
        '"full", "on"], "additionalProperties": false}'
    )
    _ask(stage, "Describe it.", _pictures()[0])
    stage.until(lambda: not pane.session.is_busy)


def doubt(stage: Stage, chat: FakeChat) -> None:
    chat.answer = lambda _: "A cat with a hat."
    pane = _ask(stage, "What is this?", _pictures()[0])
    stage.until(lambda: not pane.session.is_busy)
    for name in ("blank", "samples", "nouns"):
        pane.turns.doubt(name)


def _named(stage: Stage, chat: FakeChat) -> ChatPane:
    """An answer with places, and a thumb up."""
    chat.answer = lambda _: "A cup of coffee stands on a plate, with a spoon on it."
    chat.boxes = (
        ("cup of coffee", 0, Box(155, 25, 470, 275)),
        ("spoon", 0, Box(360, 190, 560, 310)),
        ("plate", 0, Box(60, 50, 590, 395)),
        ("cat", 1, Box(40, 10, 330, 290)),
    )
    pictures = _pictures()
    pane = _ask(stage, "What is on the table, and where? Compare with B.", *pictures)
    stage.until(lambda: not pane.session.is_busy)
    conversation = pane.session.conversation
    assert conversation is not None
    sizes = (Size(600, 400), Size(451, 300))  # those of the samples, not of the fake
    chat.kept[conversation.id] = replace(
        conversation,
        pictures=tuple(
            replace(one, size=size) for one, size in zip(conversation.pictures, sizes, strict=True)
        ),
    )
    chat.vote(conversation.turns[-1].id, 1)
    pane.session.refresh()
    stage.until(lambda: pane.transcript.views[-1].facts.vote == 1)
    return pane


def thumb(stage: Stage, chat: FakeChat) -> None:
    _named(stage, chat)


def thumb_menu(stage: Stage, chat: FakeChat) -> None:
    pane = _named(stage, chat)
    view = pane.transcript.views[-1]
    view.tools.buttons["more"].click()


def places(stage: Stage, chat: FakeChat) -> None:
    dialog = _named(stage, chat).turns.show_places()
    assert dialog is not None
    stage.until(dialog.go.isEnabled)


def places_gone(stage: Stage, chat: FakeChat) -> None:
    """The picture is not there any more."""
    pane = _named(stage, chat)
    conversation = pane.session.conversation
    assert conversation is not None
    gone = replace(conversation.pictures[0], attachment=Attachment(chat.folder / "coffee.png"))
    chat.kept[conversation.id] = replace(conversation, pictures=(gone, conversation.pictures[1]))
    pane.session.refresh()
    stage.until(lambda: pane.session.conversation.pictures[0] == gone)
    dialog = pane.turns.show_places()
    assert dialog is not None
    stage.until(lambda: "coffee.png" in dialog.hint.text())


def region(stage: Stage, chat: FakeChat) -> None:
    compose(stage, chat)
    pane = _pane(stage)
    pane.sources.choose_region(pane.composer.pictures.items[0], 0)


def seen(stage: Stage, chat: FakeChat) -> None:
    doubt(stage, chat)
    pane = _pane(stage)
    assert pane.session.conversation is not None
    picture = pane.session.conversation.pictures[0]
    pane.looking.look(picture.attachment, picture.letter)
    stage.until(lambda: pane.seen.area.isVisible())


def options(stage: Stage, chat: FakeChat) -> None:
    doubt(stage, chat)
    _pane(stage).actions_of_pane.folds["options"].trigger()


def batch(stage: Stage, chat: FakeChat) -> None:
    pane = _pane(stage)
    names = (f"Holidays {number:03}.jpg" for number in range(14))
    pictures = tuple(Attachment(chat.folder / name) for name in names)
    dialog = pane.actions_of_pane.show_batch(pictures)
    assert dialog is not None
    chat.answer = lambda _: "A cup of coffee on a wooden table, with a spoon beside it."
    dialog.question.setText("What is in this picture?")
    dialog.start()


def compose(stage: Stage, chat: FakeChat) -> None:
    pane = _pane(stage)
    pane.composer.pictures.put(_pictures())
    pane.composer.put("How do these two pictures differ?\nSay it in one sentence.")


def compare_question(stage: Stage, chat: FakeChat) -> None:
    compose(stage, chat)
    _pane(stage).actions_of_pane.open_compare()


def form_question(stage: Stage, _: FakeChat) -> None:
    _pane(stage).options.edit_form()


def example_question(stage: Stage, chat: FakeChat) -> None:
    compose(stage, chat)
    _pane(stage).actions_of_pane.open_example()


def context_parts(stage: Stage, chat: FakeChat) -> None:
    conversation(stage, chat)
    pane = _pane(stage)
    stage.until(lambda: pane.context.isVisible())
    pane.bar.open_parts()


def _fresh(stage: Stage) -> FakeChat:
    """Conversations in memory in the place of those of the library, and the pane as it opens."""
    chat = FakeChat(Path(tempfile.gettempdir()) / "no-such-folder")
    services = stage.window.desk.services

    def thumbnail(picture: Attachment) -> bytes:
        verb = services.peeking.thumbnail(picture.path, 0, None, 160, CancelToken())
        try:
            while True:
                next(verb)
        except StopIteration as stop:
            return stop.value

    chat.thumbnail = thumbnail
    pane = stage.window.pane("chat")
    assert isinstance(pane, ChatPane)
    pane.stop()
    stage.until(lambda: not pane.session.is_busy)
    pane.begin_new()
    pane.bar.stop()
    stage.settle(4)  # what is still asked of the old one would be looked for in the new one
    services.chat = chat
    pane.composer.clear()
    pane.seen.close_view()
    pane.options.use_schema("")
    for name, action in pane.actions_of_pane.folds.items():
        if action.isChecked() != (name == "list"):
            action.trigger()
    pane.choice.refresh()
    pane.column.refresh()
    return chat


def look(bring: Callable[[Stage, FakeChat], None]) -> Callable[[Stage], None]:
    """A situation of `situations.py`."""

    def brought(stage: Stage) -> None:
        bring(stage, _fresh(stage))

    return brought


LOOKS = {
    "empty": empty,
    "no-model": no_model,
    "conversation": conversation,
    "streaming": streaming,
    "compare": compare,
    "form": form,
    "doubt": doubt,
    "thumb": thumb,
    "thumb-menu": thumb_menu,
    "places": places,
    "places-gone": places_gone,
    "region": region,
    "seen": seen,
    "options": options,
    "batch": batch,
    "compose": compose,
    "compare-question": compare_question,
    "form-question": form_question,
    "example-question": example_question,
    "context": context_parts,
}

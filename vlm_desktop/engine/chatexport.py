"""A conversation as a file: Markdown with pictures beside, one HTML page, or JSON with all of it.

Nothing in it runs and nothing is loaded from elsewhere. The file appears whole or not at all.
"""

import base64
import dataclasses
import html
import json
import re
import shutil
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.chat import GenerationOptions, Role
from vlm_desktop.base.chatwork import ConversationExport, ConversationFormat, ConversationWords
from vlm_desktop.base.conversations import (
    AnswerSource,
    Conversation,
    Example,
    Picture,
    Turn,
    TurnState,
)
from vlm_desktop.base.events import Event, Phase, Progress
from vlm_desktop.engine.destinations import put_text, writing_to
from vlm_desktop.store.turncodec import encode_details

_MARKDOWN = str.maketrans({mark: f"\\{mark}" for mark in "\\`*_{}[]<>#|"})
_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_PAGE = """<!DOCTYPE html>
<html>
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>{title}</title>
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem;
 color: #1a1a1a; background: #fff }}
article {{ margin: 1.25rem 0; padding: .25rem 1rem; border-left: 3px solid #999 }}
article.user {{ border-color: #2563a8 }}
h2 {{ font-size: 1rem; margin: .25rem 0 }}
p {{ white-space: pre-wrap; overflow-wrap: anywhere; margin: .25rem 0 }}
figure {{ margin: .5rem 0 }}
img {{ max-width: 100%; max-height: 24rem }}
small, figcaption {{ color: #555 }}
@media (prefers-color-scheme: dark) {{
 body {{ color: #e8e8e8; background: #1b1b1b }} small, figcaption {{ color: #aaa }} }}
</style>
</head>
<body>
<h1>{title}</h1>
{body}
</body>
</html>
"""

JpegOf = Callable[[Picture], bytes]
"""A JPEG of a picture to put into an export."""


class ConversationWriter:
    """Writes one conversation. `jpeg_of` gives its pictures."""

    def __init__(
        self, conversation: Conversation, jpeg_of: JpegOf, words: ConversationWords
    ) -> None:
        self._conversation = conversation
        self._jpeg_of = jpeg_of
        self._words = words

    def write(
        self, target: Path, kind: ConversationFormat, cancel: CancelToken
    ) -> Generator[Event, None, ConversationExport]:
        """Over what is there. Raises DestinationNotWritable, DiskFull, Cancelled."""
        shown = self._shown(kind)
        jpegs: dict[int, bytes] = {}
        for done, picture in enumerate(shown):
            yield Progress(Phase.EXPORT, done, len(shown))
            cancel.raise_if_cancelled()
            jpegs[picture.id] = self._jpeg_of(picture)
        with writing_to(target):
            if kind is ConversationFormat.MARKDOWN:
                return self._markdown(target, jpegs)
            text = self._html(jpegs) if kind is ConversationFormat.HTML else self._json(jpegs)
            put_text(target, text)
        return ConversationExport(target, ())

    def _shown(self, kind: ConversationFormat) -> list[Picture]:
        if kind is ConversationFormat.JSON:
            return list(self._conversation.pictures)
        ids = {one for turn in self._conversation.path() for one in turn.pictures}
        ids |= {example.picture for example in self._conversation.examples}
        return [picture for picture in self._conversation.pictures if picture.id in ids]

    # --- Markdown ------------------------------------------------------------------------

    def _markdown(self, target: Path, jpegs: dict[int, bytes]) -> ConversationExport:
        folder = _free_folder(target)
        made = []
        try:
            if jpegs:
                folder.mkdir()
            for one, jpeg in jpegs.items():
                path = folder / f"{self._conversation.picture(one).letter}.jpg"
                path.write_bytes(jpeg)
                made.append(path)
            put_text(target, self._markdown_text(folder.name))
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        return ConversationExport(target, tuple(made))

    def _markdown_text(self, folder: str) -> str:
        conversation, words = self._conversation, self._words
        lines = [f"# {conversation.title.translate(_MARKDOWN)}", ""]
        if conversation.system_prompt:
            said = conversation.system_prompt.translate(_MARKDOWN)
            lines += [f"*{words.system_prompt}:* {said}", ""]
        for example in conversation.examples:
            lines += [f"## {words.example}", "", self._markdown_picture(example.picture, folder)]
            lines += ["", _quiet(example.question), "", _quiet(example.answer), ""]
        for turn in conversation.path():
            lines += [f"## {self._who(turn).translate(_MARKDOWN)}", ""]
            for one in turn.pictures:
                lines += [self._markdown_picture(one, folder), ""]
            lines += [_quiet(turn.text), ""]
            if self._beside(turn):
                lines += [f"*{self._beside(turn).translate(_MARKDOWN)}*", ""]
        return "\n".join(lines).rstrip() + "\n"

    def _markdown_picture(self, picture_id: int, folder: str) -> str:
        picture = self._conversation.picture(picture_id)
        name = self._words.picture.format(letter=picture.letter)
        where = f"{folder}/{picture.letter}.jpg".replace(" ", "%20")
        return f"![{name}](<{where}>)" if "(" in where else f"![{name}]({where})"

    # --- HTML ----------------------------------------------------------------------------

    def _html(self, jpegs: dict[int, bytes]) -> str:
        conversation, words = self._conversation, self._words
        parts = []
        if conversation.system_prompt:
            said = html.escape(conversation.system_prompt)
            parts.append(f"<p><small>{html.escape(words.system_prompt)}: {said}</small></p>")
        for example in conversation.examples:
            figure = self._figure(example.picture, jpegs)
            said = f"<p>{html.escape(example.question)}</p><p>{html.escape(example.answer)}</p>"
            head = f"<h2>{html.escape(words.example)}</h2>"
            parts.append(f'<article class="example">{head}{figure}{said}</article>')
        for turn in conversation.path():
            figures = "".join(self._figure(one, jpegs) for one in turn.pictures)
            said = f"<p>{html.escape(turn.text)}</p>" if turn.text else ""
            beside = self._beside(turn)
            small = f"<p><small>{html.escape(beside)}</small></p>" if beside else ""
            head = f"<h2>{html.escape(self._who(turn))}</h2>"
            parts.append(
                f'<article class="{turn.role.value}">{head}{figures}{said}{small}</article>'
            )
        return _PAGE.format(title=html.escape(conversation.title), body="\n".join(parts))

    def _figure(self, picture_id: int, jpegs: dict[int, bytes]) -> str:
        picture = self._conversation.picture(picture_id)
        name = html.escape(self._words.picture.format(letter=picture.letter))
        file = html.escape(picture.attachment.path.name)
        caption = f"<figcaption>{name} {file}</figcaption>"
        if not jpegs.get(picture_id):
            return f"<figure>{caption}</figure>"
        data = base64.b64encode(jpegs[picture_id]).decode("ascii")
        return f'<figure><img src="data:image/jpeg;base64,{data}" alt="{name}">{caption}</figure>'

    # --- JSON ----------------------------------------------------------------------------

    def _json(self, jpegs: dict[int, bytes]) -> str:
        conversation = self._conversation
        document = {
            "format": "vlm-desktop-conversation",
            "version": 1,
            "title": conversation.title,
            "model": conversation.model_id,
            "system_prompt": conversation.system_prompt,
            "metadata_told": conversation.metadata,
            "created_at": conversation.created_at,
            "changed_at": conversation.changed_at,
            "leaf": conversation.leaf,
            "turns": [_turn_document(turn) for turn in conversation.turns],
            "pictures": [
                _picture_document(picture, jpegs.get(picture.id, b""))
                for picture in conversation.pictures
            ],
            "examples": [_example_document(example) for example in conversation.examples],
        }
        return json.dumps(document, indent=1) + "\n"

    # --- words ---------------------------------------------------------------------------

    def _who(self, turn: Turn) -> str:
        if turn.role is Role.USER:
            return self._words.you
        source = {
            AnswerSource.METADATA: self._words.from_metadata,
            AnswerSource.OCR: self._words.from_ocr,
            AnswerSource.MODEL: "",
        }[turn.source]
        return f"{turn.model_id} ({source})" if source else turn.model_id

    def _beside(self, turn: Turn) -> str:
        """How an answer ended and was written, where that is not as usual."""
        if turn.role is Role.USER:
            return ""
        said = []
        if turn.state is TurnState.PARTIAL:
            said.append(self._words.partial)
        if turn.state is TurnState.FAILED:
            said.append(self._words.failed)
        options = _options_text(turn.options)
        if options and turn.source is AnswerSource.MODEL:
            said.append(f"{self._words.settings}: {options}")
        return "; ".join(said)


def _quiet(text: str) -> str:
    """Markdown as it was written, but for what would load something: pictures and tags."""
    return _TAG.sub("&lt;", text.replace("![", "!\\["))


def _options_text(options: GenerationOptions) -> str:
    """What differs from the usual options, by its name."""
    usual = GenerationOptions()
    changed = {
        field.name: getattr(options, field.name)
        for field in dataclasses.fields(options)
        if getattr(options, field.name) != getattr(usual, field.name)
    }
    return ", ".join(f"{name} {value}" for name, value in changed.items())


def _turn_document(turn: Turn) -> dict[str, Any]:
    return {
        "id": turn.id,
        "parent": turn.parent,
        "role": turn.role.value,
        "text": turn.text,
        "state": turn.state.value,
        "created_at": turn.created_at,
        "pictures": turn.pictures,
        "why": turn.why.value,
        "note": turn.note,
        "pinned": turn.pinned,
        "model": turn.model_id,
        "source": turn.source.value,
        **json.loads(encode_details(turn)),
    }


def _picture_document(picture: Picture, jpeg: bytes) -> dict[str, Any]:
    box = picture.attachment.box
    return {
        "id": picture.id,
        "letter": picture.letter,
        "path": str(picture.attachment.path),
        "page": picture.attachment.page,
        "box": [box.x0, box.y0, box.x1, box.y1] if box else None,
        "content_hash": picture.content_hash,
        "size": [picture.size.width, picture.size.height],
        "caption": picture.caption,
        "dropped": picture.dropped,
        "jpeg": base64.b64encode(jpeg).decode("ascii"),
    }


def _example_document(example: Example) -> dict[str, Any]:
    return {
        "picture": example.picture,
        "question": example.question,
        "answer": example.answer,
    }


# --- files -------------------------------------------------------------------------------


def _free_folder(target: Path) -> Path:
    """A folder for the pictures that is not there yet."""
    folder, number = target.with_name(f"{target.stem} pictures"), 1
    while folder.exists():
        number += 1
        folder = target.with_name(f"{target.stem} pictures {number}")
    return folder

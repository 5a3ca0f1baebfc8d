"""`vlm-desktop chat IMAGE... --ask TEXT`: questions about pictures, answers as they come."""

import argparse
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from vlm_desktop import strings
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.chat import GenerationOptions, Token
from vlm_desktop.base.chatwork import Answered
from vlm_desktop.base.conversations import AnswerBegun, AnswerRestarted, Attachment
from vlm_desktop.base.errors import BadInputFile
from vlm_desktop.base.events import Event
from vlm_desktop.base.types import Box
from vlm_desktop.cli.output import Output
from vlm_desktop.cli.search import positive
from vlm_desktop.engine.services import AppServices


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "images", nargs="+", type=Path, metavar="IMAGE", help="photos, or PDFs (the first page)"
    )
    parser.add_argument(
        "--ask", action="append", required=True, metavar="TEXT",
        help="a question; several are asked one after the other",
    )  # fmt: skip
    parser.add_argument("--model", default="", metavar="ID")
    parser.add_argument(
        "--region", type=region, metavar="X0,Y0,X1,Y1",
        help="ask about this part of the first picture, in pixels of it as a person sees it",
    )  # fmt: skip
    parser.add_argument(
        "--max-image-tokens", type=positive, metavar="N", help="most tokens a picture may take"
    )
    parser.add_argument(
        "--schema", type=Path, metavar="FILE", help="a JSON schema that answers fulfil"
    )


def run(arguments: argparse.Namespace, services: AppServices, output: Output) -> int:
    cancel = CancelToken()
    options = GenerationOptions(max_image_tokens=arguments.max_image_tokens)
    if arguments.schema is not None:
        schema = _text(arguments.schema)
        services.chat.check_schema(schema)
        options = replace(options, json_schema=schema)
    pictures = [Attachment(path.absolute()) for path in arguments.images]
    if arguments.region is not None:
        first = replace(pictures[0], box=arguments.region)
        pictures[:1] = services.chat.with_surroundings(first, arguments.model)
    verb = services.chat.talk(pictures, arguments.ask, options, cancel, model_id=arguments.model)
    if output.as_json:
        answers = output.drive(verb, cancel, show=lambda event: _say(event, output))
        output.json({"turns": [_document(answer, options) for answer in answers]})
        return 0
    streamed = _Streamed(output)
    output.drive(verb, cancel, show=streamed.show)
    streamed.end()
    return 0


class _Streamed:
    """Answers on stdout, a piece at a time; what else there is to say on stderr."""

    def __init__(self, output: Output) -> None:
        self._output = output
        self._in_line = False
        self._begun: AnswerBegun | None = None
        self._answers = 0

    def show(self, event: Event) -> None:
        if isinstance(event, Token):
            self._announce()
            self._output.piece(event.text)
            self._in_line = True
        elif isinstance(event, AnswerBegun):
            self._begun = event
        else:
            self.end()
            _say(event, self._output)

    def _announce(self) -> None:
        """Before an answer's first piece: where its words come from, and a line's distance."""
        if self._begun is None:
            return
        self.end()
        if self._answers:
            self._output.text("")
        self._answers += 1
        self._output.say(strings.answered_by(self._begun.model_id, self._begun.source))
        self._begun = None

    def end(self) -> None:
        """Finish the line."""
        if self._in_line:
            self._output.text("")
            self._in_line = False


def _say(event: Event, output: Output) -> None:
    if isinstance(event, AnswerRestarted):
        output.say(strings.answer_restarted(event.max_image_tokens))
    elif not isinstance(event, Token | AnswerBegun):
        output.event(event)


def _document(answer: Answered, options: GenerationOptions) -> dict[str, Any]:
    document: dict[str, Any] = {
        "ask": answer.ask,
        "answer": answer.answer,
        "tokens": answer.usage.reply,
        "seconds_to_first_token": round(answer.first_token_at, 4),
        "tokens_per_second": round(answer.tokens_per_second, 2),
        "model": answer.model_id,
        "source": answer.source.value,
    }
    if options.json_schema:
        try:
            document["data"] = json.loads(answer.answer)
        except ValueError:
            document["data"] = None
    return document


def region(text: str) -> Box:
    """X0,Y0,X1,Y1 with X0 < X1 and Y0 < Y1."""
    try:
        x0, y0, x1, y1 = map(float, text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError("must be four numbers: X0,Y0,X1,Y1") from None
    if not (x0 < x1 and y0 < y1):
        raise argparse.ArgumentTypeError("X0 must be less than X1, and Y0 less than Y1")
    return Box(x0, y0, x1, y1)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        detail = getattr(error, "strerror", None) or str(error)
        raise BadInputFile(path=path, line=None, detail=detail) from error

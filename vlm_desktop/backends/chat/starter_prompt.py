"""How a caption or an answer is asked for from the starter assistant; the same as in training."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tokenizers import Tokenizer

PAD, END, CAPTION, TOLD, QUESTION, ANSWER = "<pad>", "<end>", "<caption>", "<told>", "<q>", "<a>"
SPECIAL = (PAD, END, CAPTION, TOLD, QUESTION, ANSWER)

_SCENE = r"(?:(?:the|this|that|my)\s+)?(?:image|picture|photo|photograph|pic|scene|it|this)"
_CAPTION = re.compile(
    rf"""^(?:please\s+|can\ you\s+|could\ you\s+)*(?:
        (?:describe|caption|summari[sz]e|explain)\b.*
      | (?:write|give|make|create|generate|add|suggest)\b.*
        \b(?:caption|description|title|sentence)s?\b.*
      | (?:a\s+|one\s+|short\s+)*(?:caption|description)
      | tell\s+me\s+(?:about|what).*
      | what(?:\s+can|\s+do)?\s+(?:you|we)\s+see(?:\s+here|\s+[io]n\s+{_SCENE})?
      | what(?:'s|\s+is)\s+(?:happening|going\s+on|shown|there|here|visible)
        (?:\s+here|\s+[io]n\s+{_SCENE})?
      | what(?:'s|\s+is)\s+(?:in|on)\s+{_SCENE}
      | what\s+(?:does|do)\s+{_SCENE}\s+(?:show|depict)s?
    )[\s.?!]*$""",
    re.IGNORECASE | re.VERBOSE,
)


_AMERICAN = {"colour": "color", "grey": "gray", "aeroplane": "airplane", "tyre": "tire"}
_BRITISH = re.compile(rf"\b(?:{'|'.join(_AMERICAN)})(?!hound)")
"""Beginnings of words, as few of the questions it learnt from spell them."""


def wants_caption(words: str) -> bool:
    """Whether a message asks for a description: empty, or such as "Describe this photo."."""
    return not words.strip(" \t\r\n.!?:") or bool(_CAPTION.match(words.strip()))


def plain_question(text: str) -> str:
    """A question as it is learnt, in American spelling. A question mark stays: it tells apart ways
    of asking."""
    text = re.sub(r"\s+", " ", text.lower().replace('"', " ")).strip(" .")
    text = _BRITISH.sub(lambda found: _AMERICAN[found[0]], text)
    return re.sub(r"\s*\?+$", "?", text)


@dataclass(frozen=True, slots=True)
class Prompts:
    """Prompts in tokens."""

    tokenizer: Tokenizer

    def special(self, name: str) -> int:
        found = self.tokenizer.token_to_id(name)
        if found is None:
            raise ValueError(f"the token {name} is missing")
        return found

    def caption(self) -> tuple[int, ...]:
        return (self.special(CAPTION),)

    def question(self, text: str) -> tuple[int, ...]:
        ids = self.tokenizer.encode(plain_question(text), add_special_tokens=False).ids
        return (self.special(QUESTION), *ids, self.special(ANSWER))

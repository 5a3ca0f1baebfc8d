"""Two answers with the words marked that only one of them says."""

import html
import re
from difflib import SequenceMatcher

_PARTS = re.compile(r"\s+|[^\W_]+(?:['’][^\W_]+)*|.", re.DOTALL)


def marked(first: str, second: str) -> tuple[str, str]:
    """Both as rich text: what the second does not say is struck out in the first, what it says
    anew is bold in the second. Whatever stands in them is shown as it is."""
    here, there = _PARTS.findall(first), _PARTS.findall(second)
    matcher = SequenceMatcher(None, [_plain(one) for one in here], [_plain(one) for one in there],
                              autojunk=False)  # fmt: skip
    left, right = [], []
    for tag, a, b, c, d in matcher.get_opcodes():
        same = tag == "equal"
        left.append(_dressed(here[a:b], "" if same else "s"))
        right.append(_dressed(there[c:d], "" if same else "b"))
    return "".join(left), "".join(right)


def _plain(part: str) -> str:
    """Upper and lower case, and kinds of space, make no other word."""
    return " " if part.isspace() else part.casefold()


def _dressed(parts: list[str], tag: str) -> str:
    text = html.escape("".join(parts), quote=False).replace("\n", "<br>")
    return f"<{tag}>{text}</{tag}>" if tag and text.strip() else text

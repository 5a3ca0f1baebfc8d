"""What a person chose of how answers are made."""

from dataclasses import dataclass
from typing import Any

from vlm_desktop.base.chat import GenerationOptions

WARMEST = 20
"""Tenths of the highest temperature."""
LONGEST = 8_192
"""Tokens of the longest answer."""


@dataclass(frozen=True, slots=True)
class AnswerSettings:
    """What a person chose of how answers are made; kept from one start to the next."""

    temperature: float = 0.0
    max_new_tokens: int = 512
    json_schema: str = ""

    def to_table(self) -> dict[str, Any]:
        return {
            "temperature": self.temperature,
            "length": self.max_new_tokens,
            "schema": self.json_schema,
        }

    @staticmethod
    def read(table: dict[str, Any]) -> "AnswerSettings":
        """What `to_table` gave; anything else counts as not chosen."""
        usual = AnswerSettings()
        chance, length, schema = (table.get(one) for one in ("temperature", "length", "schema"))
        return AnswerSettings(
            min(max(0.0, float(chance)), WARMEST / 10)
            if isinstance(chance, int | float)
            else usual.temperature,
            min(max(1, length), LONGEST) if isinstance(length, int) else usual.max_new_tokens,
            schema if isinstance(schema, str) else "",
        )

    def options(self, max_image_tokens: int | None) -> GenerationOptions:
        return GenerationOptions(
            max_new_tokens=self.max_new_tokens,
            temperature=self.temperature,
            max_image_tokens=max_image_tokens,
            json_schema=self.json_schema,
        )

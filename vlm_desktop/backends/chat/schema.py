"""Answers that fulfil a JSON schema: tokens that would break it cannot come."""

import json
from typing import Any

import llguidance
import llguidance.hf
import numpy as np
import torch

from vlm_desktop.backends.chat.loading import first_line
from vlm_desktop.base.errors import OptionUnsupported

_LAYOUT: Any = {"whitespace_flexible": False, "item_separator": ", ", "key_separator": ": "}
"""One line. A grammar that lets any whitespace through lets a model write blanks for ever."""
_OPTION = "json_schema"


class SchemaReader:
    """Makes grammars of JSON schemas for one tokenizer. Made once: it reads the vocabulary."""

    def __init__(self, model_id: str, tokenizer: Any, ends: frozenset[int]) -> None:
        self._model_id = model_id
        try:
            self._tokens = llguidance.hf.from_tokenizer(tokenizer, eos_token=sorted(ends))
        except (ValueError, TypeError, AttributeError) as error:
            detail = f"its tokenizer cannot be constrained ({first_line(error)})"
            raise OptionUnsupported(model=model_id, option=_OPTION, detail=detail) from error

    def grammar(self, schema: str) -> "SchemaGrammar":
        """For one answer. Raises `OptionUnsupported` with what is wrong with the schema."""
        try:
            if not isinstance(json.loads(schema), dict):
                raise ValueError("a schema is an object")
            text = llguidance.LLMatcher.grammar_from_json_schema(schema, overrides=_LAYOUT)
            trouble = llguidance.LLMatcher.validate_grammar(text, self._tokens)
        except ValueError as error:
            trouble = first_line(error)
        if trouble:
            detail = trouble.strip().splitlines()[0][:300]
            raise OptionUnsupported(model=self._model_id, option=_OPTION, detail=detail)
        return SchemaGrammar(llguidance.LLMatcher(self._tokens, text, log_level=0))


class SchemaGrammar:
    """A `choosing.Grammar` over one answer."""

    def __init__(self, matcher: Any) -> None:
        self._matcher = matcher

    def mask(self, logits: torch.Tensor) -> None:
        bits = np.frombuffer(self._matcher.compute_bitmask(), np.uint8)
        allowed = np.unpackbits(bits, bitorder="little")[: logits.numel()].astype(bool)
        allowed = np.pad(allowed, (0, logits.numel() - len(allowed)))
        logits.masked_fill_(torch.from_numpy(~allowed), float("-inf"))

    def accept(self, token: int) -> None:
        self._matcher.consume_token(token)

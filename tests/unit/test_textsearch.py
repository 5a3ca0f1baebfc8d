"""Texts that must not be there are found however they are spaced and cased."""

import pytest

from vlm_desktop.base.textsearch import found_in, is_in


@pytest.mark.parametrize(
    ("text", "where", "found"),
    [
        ("DE89 3704", "account de893704 of", True),
        ("DE893704", "account DE89 37 04", True),
        ("DE893704", "XDE8937045", True),
        ("Ünïcode", "the ÜNÏCODE here", True),
        ("12.50", "Total 12.50 EUR", True),
        ("12.50", "Total 112.50 EUR", False),
        ("12.50", "Total 12.509", False),
        ("12.50", "Total 12 .50", True),
        ("Ann", "Anna", False),
        ("Ann", "(Ann)", True),
        ("", "anything", False),
        ("  ", "anything", False),
        ("\ufb01nance", "finance", True),
    ],
)
def test_finding(text: str, where: str, found: bool) -> None:
    assert is_in(text, where) is found
    assert found_in([text], where) == ((text,) if found else ())

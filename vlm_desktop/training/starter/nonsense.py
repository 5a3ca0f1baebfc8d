"""Texts that describe no ordinary photo: taught as queries that nothing may answer.

Three sorts, all made by code from word lists: strings of letters, sentences from offices,
law, science and software, and impossible combinations of things.
"""

from __future__ import annotations

import random

_KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_CONSONANTS, _VOWELS = "bcdfghjklmnpqrstvwxz", "aeiou"

_FIELD_HEADS = (
    "annual",
    "revised",
    "preliminary",
    "statutory",
    "confidential",
    "amended",
    "deferred",
    "consolidated",
    "internal",
    "regulatory",
    "provisional",
    "contingent",
    "fiscal",
    "residual",
    "theoretical",
    "empirical",
    "recursive",
    "asynchronous",
    "stochastic",
    "differential",
    "inflationary",
    "marginal",
    "bilateral",
    "constitutional",
    "semantic",
    "epistemic",
    "genetic",
    "molecular",
    "cellular",
    "quantum",
    "thermal",
    "algebraic",
    "nonlinear",
    "actuarial",
)
_FIELD_NOUNS = (
    "audit findings",
    "pension liability",
    "insurance premium",
    "interest rate",
    "invoice number",
    "contract clause",
    "procurement policy",
    "budget forecast",
    "cash flow statement",
    "shareholder dividend",
    "mortgage rate",
    "tariff agreement",
    "compliance report",
    "job description",
    "meeting minutes",
    "purchase order",
    "balance sheet",
    "password reset",
    "database index",
    "compiler error",
    "memory leak",
    "network protocol",
    "software licence",
    "merge conflict",
    "stack overflow",
    "unit test",
    "encryption key",
    "login credentials",
    "chemical bond",
    "enzyme reaction",
    "protein folding",
    "electron orbital",
    "gene expression",
    "plasma membrane",
    "bacterial culture",
    "isotope decay",
    "magnetic flux",
    "gravity wave",
    "vector space",
    "prime factorisation",
    "matrix inverse",
    "probability density",
    "set theory",
    "free will",
    "moral duty",
    "collective memory",
    "categorical imperative",
    "social contract",
    "grammar rule",
    "verb conjugation",
    "treaty ratification",
    "election law",
    "supreme court",
    "monetary policy",
    "supply curve",
    "labour market",
    "risk assessment",
    "quarterly target",
    "customer retention",
    "market segment",
    "brand strategy",
    "exchange rate",
    "credit rating",
    "blood serum",
    "vaccine dosage",
    "dna sequence",
    "tumour biopsy",
    "nerve synapse",
    "black hole",
    "asteroid orbit",
    "neutron star",
    "tectonic plate",
    "ocean salinity",
)
_FIELD_FRAMES = (
    "{h} {n}",
    "the {h} {n} of {m}",
    "how to calculate the {n}",
    "definition of {h} {n}",
    "{n} and {m}",
    "please send the {h} {n} by friday",
    "the {n} was approved by the committee",
    "why does the {n} depend on {m}",
    "summary of the {h} {n}",
    "{h} {n} versus {m}",
    "chapter four : the {n}",
    "the {h} theory of {n}",
    "error in {n} at line {d}",
    "{n} {d}",
    "a diagram of the {n}",
    "a chart of {h} {n}",
    "form {d} for {h} {n}",
    "update on {n}",
    "the relation between {n} and {m}",
    "a {n} under a microscope",
    "{m} per unit of {n}",
)
_THINGS = (
    "aircraft carrier",
    "space station",
    "dinosaur skeleton",
    "volcano",
    "steam locomotive",
    "oil tanker",
    "mammoth",
    "cathedral organ",
    "lighthouse",
    "satellite dish",
    "army tank",
    "wind turbine",
    "polar bear",
    "walrus",
    "giant squid",
    "blue whale",
    "telescope",
    "cactus",
    "printing press",
    "medieval knight",
    "mermaid",
    "unicorn",
    "dragon",
    "robot",
    "alien",
    "astronaut",
    "pharaoh",
    "iceberg",
    "glacier",
    "nuclear reactor",
    "cement mixer",
    "chandelier",
    "grand piano",
    "harpsichord",
    "cannon",
    "spacecraft",
    "zeppelin",
    "pirate ship",
    "totem pole",
    "coral reef",
    "x-ray machine",
    "server rack",
    "circuit board",
    "microchip",
    "test tube",
    "combine harvester",
    "hospital bed",
    "coffin",
    "guillotine",
    "chess grandmaster",
    "sphinx",
)
_PLACES = (
    "teapot",
    "matchbox",
    "wardrobe",
    "shoe",
    "soup bowl",
    "handbag",
    "fish tank",
    "lift",
    "cornfield of glass",
    "salt mine",
    "sock drawer",
    "toaster",
    "letterbox",
    "jar of honey",
    "cupboard",
    "parliament",
    "opera house",
    "courtroom",
    "moon crater",
    "coal cellar",
    "sewer",
    "washing machine",
    "cake tin",
    "vending machine",
    "lunar base",
    "wine glass",
    "dentist chair",
)
_DOINGS = (
    "inside a {p}",
    "in a {p}",
    "eating a {t}",
    "wearing a {t}",
    "dancing with a {t}",
    "balanced on a {p}",
    "made of {t} parts",
    "melting over a {p}",
    "riding a {t}",
    "playing cards with a {t}",
    "trapped in a {p}",
    "painted on a {p}",
    "marrying a {t}",
    "falling out of a {p}",
    "reading to a {t}",
)


def _letters(rng: random.Random) -> str:
    def word() -> str:
        sort = rng.randrange(4)
        size = rng.randint(2, 9)
        if sort == 0:
            row = rng.choice(_KEYS)
            start = rng.randrange(max(1, len(row) - 3))
            return row[start : start + size]
        if sort == 1:
            return "".join(rng.choice(_CONSONANTS) for _ in range(size))
        if sort == 2:
            return "".join(
                rng.choice(_CONSONANTS) + rng.choice(_VOWELS) for _ in range((size + 1) // 2)
            )
        return "".join(rng.choice(_CONSONANTS + _VOWELS + "0123456789") for _ in range(size))

    return " ".join(word() for _ in range(rng.randint(1, 4)))


def _field(rng: random.Random) -> str:
    return rng.choice(_FIELD_FRAMES).format(
        h=rng.choice(_FIELD_HEADS),
        n=rng.choice(_FIELD_NOUNS),
        m=rng.choice(_FIELD_NOUNS),
        d=rng.randint(2, 999),
    )


def _impossible(rng: random.Random, names: list[str]) -> str:
    things = [*_THINGS, *_THINGS, *names]
    doing = rng.choice(_DOINGS).format(p=rng.choice(_PLACES), t=rng.choice(things))
    count = rng.choice(("a", "a", "a", "two", "a tiny", "a huge", "the"))
    return f"{count} {rng.choice(things)} {doing}"


def nonsense(count: int, seed: int, names: list[str] | None = None) -> list[str]:
    """``count`` different texts in a fixed order; ``names`` are more things to combine."""
    rng = random.Random(seed)
    made: dict[str, None] = {}
    while len(made) < count:
        sort = rng.random()
        if sort < 0.3:
            text = _letters(rng)
        elif sort < 0.65:
            text = _field(rng)
        else:
            text = _impossible(rng, names or [])
        made[text] = None
    return list(made)

"""Pairs about medical knowledge: statements that were written for the certificate, and those that checks may know."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from auscult.certificates.quality.pairs import DISTORTED, KNOWLEDGE, Maker, Pair
from auscult.certificates.quality.truth import Claim, Truth
from auscult.certificates.quality.words import Words, table
from auscult.records import Kind
from auscult.store.files import shipped_table


@dataclass(frozen=True)
class Statement:
    """A statement of medicine, and its false half."""

    true: str
    false: str
    region: str
    degree: int


def own_statements(half: str) -> list[Statement]:
    """Those that were written for the certificate."""
    rows = [r for r in table()["knowledge"] if r["half"] == half]
    return [Statement(r["true"], r["false"], r["region"], r["degree"]) for r in rows]


def known_statements() -> list[Statement]:
    """Those of the table that generators and checks may know."""
    rows = shipped_table("construction/knowledge.toml")["statement"]
    return [Statement(r["true"], r["false"], r["region"], 3) for r in rows]


AFFIRMED: tuple[Kind, str] = ("non-hallucination", "polar")
SUPPOSED: tuple[Kind, str] = ("non-hallucination", "presupposition")


def knowledge_pairs(truth: Truth, statement: Statement, words: Words, origin: str) -> Iterator[Pair]:
    """A statement and its false half, each confirmed, taken for granted and denied."""
    make = Maker(truth, words)
    true, false = statement.true, statement.false
    rows: list[tuple[str, str, str, Kind, str, bool]] = [
        (true, words.knowledge("ask", true), words.knowledge("confirm", true), *AFFIRMED, False),
        (true, words.knowledge("because", true), words.knowledge("accept", true), *SUPPOSED, False),
        (false, words.knowledge("ask", false), words.knowledge("refuse", false, true), "hallucination", "polar", False),
        (false, words.knowledge("ask", false), words.knowledge("confirm", false), *AFFIRMED, True),
        (false, words.knowledge("because", false), words.knowledge("accept", false), *SUPPOSED, True),
        (true, words.knowledge("ask", true), words.knowledge("refuse", true, false), "hallucination", "polar", True),
    ]
    for said, question, answer, kind, form, wrong in rows:
        more: dict[str, Any] = {"premise": f"{said[0].upper()}{said[1:]}."}
        if wrong:
            more |= {"error": KNOWLEDGE[0], "degree": statement.degree}
        pair = make.pair(question, answer, kind, DISTORTED, Claim(statement.true[:40]), form, **more)
        yield replace(pair, cluster=statement.true, origin=origin)


def about_medicine(
    known: Sequence[Statement], truths: Sequence[Truth], half: str, name: str, seed: int
) -> Iterator[Pair]:
    """The pairs of all statements, each asked about an image of its region of the body."""
    for number, statement in enumerate(known):
        about = [t for t in truths if t.region == statement.region]
        if about:
            words = Words(half, Random(f"{seed} {name} {number}"))
            yield from knowledge_pairs(about[number % len(about)], statement, words, name)

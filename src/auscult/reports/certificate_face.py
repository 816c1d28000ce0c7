"""The first screen of a certificate: passed or not, what the instrument may be used for, and where it is weakest."""

import re
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from auscult.records import Certificate
from auscult.reports import format as say
from auscult.reports.face import Face, Step, Verdict, Word

_VALUES: Final = (
    "sensitivity",
    "specificity",
    "recall",
    "precision",
    "found",
    "coverage",
    "value",
    "accuracy",
    "kappa",
)
"""Names under which a cell gives how good the instrument is in it, the first that is there."""
_MEASURES: Final = frozenset(
    {"sensitivity", "specificity", "recall", "F1", "accuracy", "kept", "read as meant", "read rightly", "agreement"}
    | {"scored as it should be", "read as the reference"}
)
"""Measures of rows that name theirs, of which more is better."""
_MOST: Final = 300
"""Characters of a verdict that a terminal of twelve lines has room for."""
_WORDS: Final[dict[bool | None, Word]] = {True: "met", False: "missed", None: "not known"}


def certificate_face(certificate: Certificate, out: Path | None = None) -> Face:
    """The first screen of a certificate.

    Args:
        certificate: of the instrument.
        out: its file, for the command that uses it.
    """
    name = certificate.instrument.replace(",", " ").split()[0]
    verdicts = [
        Verdict(
            key="passed",
            question="Did it pass its test?",
            word=_WORDS[certificate.passed],
            sentence=say.upper(certificate.summary) or "It claims nothing.",
            short=say.upper(_begun(certificate.summary)),
        ),
        Verdict(
            key="use", question="What may it be used for?", word=_WORDS[certificate.passed], sentence=_use(certificate)
        ),
    ]
    if weakest := _weakest(certificate):
        verdicts.append(Verdict(key="weakest", question="Where is it weakest?", word="not known", sentence=weakest))
    return Face(
        title=f"{name}, put to the test on {certificate.subject}",
        verdicts=tuple(verdicts),
        steps=tuple(_steps(certificate, out)),
    )


def _use(certificate: Certificate) -> str:
    if certificate.passed:
        return "It may stand behind figures and gates on answers like those of the test."
    if certificate.passed is None:
        return "It claims nothing of itself: read its figures before you believe those that rest on it."
    return "Do not decide by it: figures that rest on it are no surer than its test."


def _weakest(certificate: Certificate) -> str:
    """The cell of the certified instrument with the lowest value; others stand beside it, or are parts of it."""
    ours = {row.get("instrument") for row in certificate.figures[:1]}
    own = [row for row in certificate.figures if row.get("instrument") in ours]
    rows = [row for row in own if row.get("measure") is None or row["measure"] in _MEASURES]
    known = [(value, row) for row in rows if (value := _value(row)) is not None]
    if len(known) < 2:
        return ""
    value, row = min(known, key=lambda pair: pair[0])
    texts = [v for v in row.values() if isinstance(v, str) and v and not re.fullmatch(r"[\d.–<> %-]+", v)]
    return f"Weakest: {', '.join(texts[:4])}: {100 * value:.0f} of 100."


def _value(row: Mapping[str, Any]) -> float | None:
    """How good the instrument is in a cell, as a share; None where the cell does not say."""
    for name in _VALUES:
        value = row.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1:
            return float(value)
    return None


def _steps(certificate: Certificate, out: Path | None) -> Iterator[Step]:
    if out is not None and certificate.instrument.startswith("judge") and certificate.passed:
        yield Step(sentence="Give it to runs of this judge.", command=f"--judge-certificate {shlex.quote(str(out))}")


def _begun(summary: str) -> str:
    """Its first sentences, where they all are too long for a terminal; empty where they are not, or the first is."""
    if len(summary) <= _MOST:
        return ""
    sentences = re.split(r"(?<=[.!?]) (?=[A-Z\d])", summary)
    ends = [len(" ".join(sentences[: n + 1])) for n in range(len(sentences))]
    return " ".join(sentences[: sum(end <= _MOST for end in ends)])

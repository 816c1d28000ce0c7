"""Certificates of the instruments that scored a run; one of another version vouches for nothing."""

import re
from collections.abc import Collection, Iterator
from importlib.resources import files
from pathlib import Path

from pydantic import TypeAdapter

from auscult.analysis.joined import Joined
from auscult.records import Certificate
from auscult.runs.instruments import brief
from auscult.runs.kept import CERTIFICATES, read_certificate
from auscult.scorers.reader import instruments_in

STATISTICS = "auscult.statistics"
_CERTIFICATE = TypeAdapter(Certificate)
_REPEATS = re.compile(r"\[repeats=\d+\]$")


def used_in(run: Joined) -> set[str]:
    """The instruments whose figures a run's report shows beside published rules; a rule and its reader are two."""
    shown = (i.id for i, _ in run.scored() if not i.published and i.kind != "text")
    return {name for names in shown for name in instruments_in(names)}


def certificates_of(folder: Path, used: Collection[str]) -> tuple[Certificate, ...]:
    """Certificates of the instruments used: the user's, then those that come with the package.

    Args:
        folder: of the run.
        used: instruments, as ``name@version``.
    """
    return tuple(c for c in all_certificates(folder) if certified(c, used) in {*used, STATISTICS})


def all_certificates(folder: Path) -> tuple[Certificate, ...]:
    """The user's certificates, kept in the folder of a run, then those that come with the package."""
    bundled = files("auscult") / "data" / "certificates"
    own = [read_certificate(f) for f in sorted((folder / CERTIFICATES).glob("*.json"))]
    ours = sorted(bundled.iterdir(), key=lambda f: f.name)
    return (*own, *(_CERTIFICATE.validate_json(f.read_bytes()) for f in ours))


def certified(certificate: Certificate, used: Collection[str] = ()) -> str:
    """The ``name@version`` among ``used`` that a certificate was made for.

    That of a judge may hold spaces and commas; asked several times it is no worse than asked once.
    """
    named = certificate.instrument
    return next((u for u in used if named == _REPEATS.sub("", u)), named.replace(",", " ").split()[0])


def without_certificate(run: Joined, certificates: Collection[Certificate]) -> Iterator[str]:
    """The rules that were used without one, in a sentence."""
    judged = {i.id for i, _ in run.scored() if i.kind in ("judge", "cascade", "reader")}
    rules = used_in(run) - judged
    if bare := sorted(rules - {certified(c, rules) for c in certificates}):
        yield f"Used without a certificate: {', '.join(bare)}."


def uncertified_judges(run: Joined, certificates: Collection[Certificate]) -> Iterator[str]:
    """What must be read before a judge's figures: it was not tested, or it failed its test."""
    judges = [i for i, _ in run.scored() if i.kind in ("judge", "cascade", "reader")]
    passed = {certified(c, [j.id for j in judges]): c.passed for c in certificates}
    for judge in judges:
        if judge.id not in passed and judge.judge.startswith("replay:"):
            yield (
                "Recorded judgements: by whom and how they were made cannot be checked here, and no certificate "
                "vouches for that judge."
            )
        elif judge.id not in passed:
            yield (
                f"Uncertified judge: nobody has tested whether {brief(judge.id)} tells right answers from wrong "
                "ones; run 'auscult calibrate judge' and give its file with --judge-certificate."
            )
        elif not passed[judge.id]:
            yield f"The judge {brief(judge.id)} did not pass its certificate; read its figures with care."

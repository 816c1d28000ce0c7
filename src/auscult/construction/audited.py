"""What readers found among the pairs of an item set: ``audit.json``, beside its tables, and what the card says."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

import orjson
from pydantic import TypeAdapter, ValidationError

from auscult.construction.card import CARD_TEXT
from auscult.errors import UserError
from auscult.items.item_set import replace_part
from auscult.records import Estimate
from auscult.store.files import replace_file
from auscult.store.given import NoSuchFile, read_json

HEADING = "## How many pairs are wrong"
AUDIT, SCHEMA = "audit.json", "auscult.audit/1"
_NUMBERS = ("no reader", "one reader", "two readers", "three readers", "four readers", "five readers")


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Rejected pairs of one check that were read.

    Attributes:
        rejected: how many whole pairs the check rejected.
        read: how many of these were read.
        right: how many of those all their readers called right.
    """

    rejected: int
    read: int
    right: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """An audit of accepted pairs.

    Attributes:
        digest: of the item set.
        readers: reader → pairs read.
        pairs: accepted pairs in the set.
        read: of these, read.
        images: images (or patients) of those.
        rate: wrong ones among all accepted; the upper limit holds what readers overlook.
        said: the same at the readers' word.
        sensitivity: share of the planted errors that readers found; None where none was read.
        planted: planted errors read.
        categories: the rate by category.
        rejected: by check.
        agreement: of readers with each other, on accepted pairs.
        schema: of the file.
    """

    digest: str
    readers: Mapping[str, int]
    pairs: int
    read: int
    images: int
    rate: Estimate
    said: Estimate
    sensitivity: Estimate | None
    planted: int
    categories: Mapping[str, Estimate] = field(default_factory=dict)
    rejected: Mapping[str, Refused] = field(default_factory=dict)
    agreement: tuple[Estimate, ...] = ()
    schema: str = SCHEMA


_ADAPTER = TypeAdapter(Audit)


def write_audit(items: Path, audit: Audit) -> None:
    """Writes it beside the tables of its item set and into the set's card, in place of an earlier one."""
    card = items / CARD_TEXT
    before = card.read_text("utf-8").partition(f"\n{HEADING}\n")[0].rstrip() if card.is_file() else "# Data card"
    replace_part(items, CARD_TEXT, "\n".join([before, "", *as_text(audit), ""]).encode())
    replace_file(
        items / AUDIT, orjson.dumps(asdict(audit), option=orjson.OPT_INDENT_2 | orjson.OPT_SERIALIZE_NUMPY) + b"\n"
    )


def read_audit(items: Path, digest: str) -> Audit | None:
    """The audit of an item set; None where nobody read it, or another set stood there then.

    Raises:
        UserError: the file is damaged.
    """
    path = items / AUDIT
    remedy = "make it again with 'auscult rate apply', or remove it"
    try:
        found = _ADAPTER.validate_python(read_json(path, remedy))
    except NoSuchFile:
        return None
    except ValidationError:
        raise UserError(f"{path}: no audit of this version; {remedy}") from None
    return found if found.digest == digest else None


def sentence(audit: Audit) -> str:
    """As in: Of 100 accepted pairs about 6 are wrong (3 to 11), read by two readers, n = 320."""
    by = _NUMBERS[len(audit.readers)] if len(audit.readers) < len(_NUMBERS) else f"{len(audit.readers)} readers"
    return f"{_of_hundred(audit.rate)}, read by {by}, n = {audit.read}."


def _of_hundred(rate: Estimate) -> str:
    if rate.low is None or rate.high is None:
        return f"How many of 100 accepted pairs are wrong is not known ({rate.withheld})"
    most = _count(rate.high, up=True)
    if rate.value is None:
        return f"Of 100 accepted pairs {_count(rate.low)} to {most} are wrong ({rate.withheld})"
    if not rate.value:
        return f"Of 100 accepted pairs none was found wrong; at most {most} are"
    return f"Of 100 accepted pairs about {_count(rate.value)} are wrong ({_count(rate.low)} to {most})"


def _count(share: float, *, up: bool = False) -> str:
    """Of a hundred: whole numbers from 3 on, one digit below; an upper limit is never rounded down."""
    of = 100 * share
    if of >= 2.95:
        return f"{-int(-of // 1) if up else round(of)}"
    return f"{-int(-of * 10 // 1) / 10 if up else round(of, 1):g}"


def as_text(audit: Audit) -> Iterator[str]:
    """The section of the card, in Markdown."""
    yield from (HEADING, "", f"**{sentence(audit)}**", "")
    images = f"{audit.images} {_several(audit.rate.unit)}"
    yield (
        f"{audit.read} of {audit.pairs} accepted pairs ({images}) were drawn by chance and read "
        "blinded, mixed with rejected pairs and planted errors; 'cannot tell' counts as wrong."
    )
    if audit.sensitivity is None:
        yield "No planted error was read: what readers overlook is not in these limits."
    else:
        found = audit.sensitivity
        yield (
            f"Of {audit.planted} planted errors readers found {_share(found)}; the upper limit holds what they "
            "overlook (both limits at 97.5 %)."
        )
    yield from ("", "| category | wrong of 100 | limits |", "|---|---|---|")
    for name, rate in audit.categories.items():
        yield f"| {name} | {'not read' if rate.value is None else _count(rate.value)} | {_limits(rate)} |"
    if audit.agreement:
        yield ""
    for one in audit.agreement:
        yield f"- Readers' agreement, {one.instrument or one.name}: {_share(one)}."
    if audit.rejected:
        yield from ("", "| rejected by | pairs | read | right after all |", "|---|---|---|---|")
        yield from (f"| {name} | {r.rejected} | {r.read} | {r.right} |" for name, r in audit.rejected.items())


def _several(unit: str) -> str:
    return f"{unit.removesuffix('y')}ies" if unit.endswith("y") else f"{unit}s"


def _limits(rate: Estimate) -> str:
    return "" if rate.low is None or rate.high is None else f"{_count(rate.low)} to {_count(rate.high, up=True)}"


def _share(one: Estimate) -> str:
    if one.value is None:
        return f"not known ({one.withheld})"
    limits = "" if one.low is None or one.high is None else f" ({one.low:.2f} to {one.high:.2f})"
    return f"{one.value:.2f}{limits}"

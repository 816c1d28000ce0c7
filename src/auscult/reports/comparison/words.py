"""A comparison in words: the verdict, who wins in what, and how tables and tests are to be read."""

from collections.abc import Sequence

from auscult.analysis.comparison.comparing import Comparison
from auscult.analysis.comparison.figures import LEVEL
from auscult.analysis.comparison.measures import Measure
from auscult.analysis.comparison.published import Published
from auscult.reports import format as say
from auscult.reports.format import Scale

PARTS = {"non-hallucination": "P", "hallucination": "N", "": ""}


def scale_of(measure: Measure) -> Scale:
    """How a measure is written."""
    return Scale.SHARE if measure.share else Scale.PLAIN


def joint_level(comparison: Comparison) -> str:
    """The level of each of the intervals that hold together."""
    return f"{comparison.together_level * 100:.4g}{say.NBSP}%"


def named(measure: Measure) -> str:
    """A measure in a list of others: ``vqa-rad · closed: accuracy``, ``accuracy (clinical) · N``."""
    scorer = (
        ""
        if measure.block in ("findings", "premise") or measure.name.lower() == measure.scorer_name
        else measure.scorer_name
    )
    name = f"{measure.name} ({scorer})" if scorer else measure.name
    return " · ".join(t for t in (measure.group, name, PARTS[measure.part]) if t)


def signed(value: float, scale: Scale) -> str:
    """A difference with its sign: ``+0.24``, ``+1.2 points``."""
    text = say.figure(value, scale)
    return f"+{text}" if scale is Scale.PLAIN and value > 0 and not text.startswith("<") else text


def verdict(comparison: Comparison) -> str:
    """What the tests come to, in a sentence."""
    tested = [d for d in comparison.differences if d.p_adjusted is not None]
    if not tested:
        ranges = any(d.difference.alone is not None for d in comparison.differences)
        return "No difference could be tested" + (": too much is missing; their ranges stand below." if ranges else ".")
    shown = sum(d.better is not None for d in tested)
    many = f"{say.count(len(tested), 'difference')} between {say.whole(len(comparison.rows))} models"
    if not shown:
        return f"None of {many} can be told from chance; that is no proof that there is none."
    return f"{say.whole(shown)} of {many} {'is' if shown == 1 else 'are'} beyond chance (p after Holm at most 0.05)."


def wins(comparison: Comparison) -> tuple[str, ...]:
    """Which model is better than which, and in what."""
    found: dict[tuple[int, int], list[str]] = {}
    for d in comparison.differences:
        if d.better is not None:
            worse = d.second if d.better == d.first else d.first
            found.setdefault((d.better, worse), []).append(named(d.measure))
    return tuple(
        f"{comparison.rows[better].label} is better than {comparison.rows[worse].label} in {_some(names)}."
        for (better, worse), names in found.items()
    )


def _some(names: Sequence[str]) -> str:
    first = ", ".join(names[:4])
    return first if len(names) <= 4 else f"{first} and {len(names) - 4} more"


def reading(comparison: Comparison) -> tuple[str, ...]:
    """How the tables and tests are to be read, one sentence or two each."""
    level, each = say.level(LEVEL), joint_level(comparison)
    said = [
        "Bold: best; underlined: second (from three rows on). Both are decided on the items that all compared rows "
        "were asked and scored on, and figures that agree in the last digit shown share them. The best figure is not "
        "a proven difference: the tests say which are.",
        f"Intervals in the tables: {level} each, of one figure alone, by clusters. Whether two models differ on the "
        "same items is not seen from whether their intervals overlap, but from the paired test.",
    ]
    if comparison.family:
        said.append(
            "Tests: paired on common items, sign flips of whole clusters; p after Holm over all "
            f"{say.count(comparison.family, 'difference')} shown. A difference is called shown where that p is at "
            f"most {1 - LEVEL:.2g}. The first interval ({level}) is of that difference alone, and may leave out zero "
            f"where p after Holm is large; the second ({each} each) holds for all of them together and leaves out zero "
            "exactly where a difference is called shown. It is the one that stands beside a verdict."
        )
    if any(not m.tested for m in comparison.measures):
        said.append(
            "Columns of published rules are shown for the sake of the published rows and not tested; name them in "
            "--columns to test them."
        )
    share = say.level(comparison.max_missing)
    said.append(
        "Missing answers (request failed, judge unusable, answer unread) are in no n; every interval runs over their "
        f"worst and best case, and above {share} the point is withheld and that range stands alone. Unusable answers "
        "(empty, refused, no language) are in n, as not correct or with the worst "
        "score. Where saying nothing would be best (a rate of errors), rows are compared on the items that all of them "
        "answered usably."
    )
    return tuple(said)


def about_published(published: Published | None) -> tuple[str, ...]:
    """What must be known of the published rows, where there are any."""
    if published is None:
        return ()
    said = (
        f"Rows in italics are published ({published.source}, {published.year}), scored by another judge "
        f"({published.judge}), on other answers and perhaps other items: they are never best and never tested.",
        *published.notes,
        f"Published columns that no run has: {', '.join(published.left_out)}." if published.left_out else "",
    )
    return tuple(filter(None, said))

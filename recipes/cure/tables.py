"""Prints the tables of ``docs/concepts/cure.md`` from what ``auscult ablate`` wrote into the folder of the grid."""

import argparse
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson

MEASURES = ("knowing acceptance", "over-denial", "accuracy", "AUROC")
OF_ARMS = "all"
"""The set that arms are shown on."""
SHOWN_IN_SETS = ("base", "both", "shuffled", "without tag", "without presupposition")
CALLED = {"shown": "**shown**", "refuted": "**refuted**"}

Row = Mapping[str, Any]


def number(found: Row | None, signed: bool = False) -> str:
    """A figure with its interval."""
    if not found or found["value"] is None:
        return ""
    sign = "+" if signed else ""
    return f"{found['value']:{sign}.3f} ({found['low']:{sign}.3f} to {found['high']:{sign}.3f})"


def table(head: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> Iterator[str]:
    """Lines of a table."""
    yield from (f"| {' | '.join(head)} |", f"|{'---|' * len(head)}")
    yield from (f"| {' | '.join(row)} |" for row in rows)
    yield ""


def claims(made: Row) -> Iterator[tuple[str, ...]]:
    """Each hypothesis with its verdict."""
    of = {row["name"]: row for row in made["plan"]["hypothesis"]}
    for row in made["hypotheses"]:
        said = of[row["name"]]
        limits = {"below": said["below"], "above": said["above"]}
        limit = next(f"{name} {value:+.2f}" for name, value in limits.items() if value is not None)
        p = "" if row["p_holm"] is None else f"{row['p_holm']:.3f}" if row["p_holm"] >= 0.001 else "< .001"
        seeds = str((row["found"] or {}).get("seeds", "") or "")
        yield row["name"], limit, number(row["found"], True), seeds, p, CALLED.get(row["standing"], row["standing"])


def arms(made: Row) -> Iterator[tuple[str, ...]]:
    """What each arm came to on all items, and how many seeds of it there are."""
    lines = {(row["arm"], row["measure"]): row for row in made["lines"] if row["set"] == OF_ARMS}
    for arm, cells in made["cells"].items():
        found = [lines.get((arm, measure)) for measure in MEASURES]
        if any(found):
            yield arm, str(len(cells)), *(number(row["figure"]) if row else "" for row in found)


def sets(made: Row) -> Iterator[tuple[str, ...]]:
    """Knowing acceptance by set, of the arms that the hypotheses are about."""
    lines = {(row["set"], row["arm"]): row for row in made["lines"] if row["measure"] == MEASURES[0]}
    for of in made["plan"]["set"]:
        found = [lines.get((of["name"], arm)) for arm in SHOWN_IN_SETS]
        if any(found):
            yield of["name"], *(number(row["figure"]) if row else "" for row in found)


def cures(made: Row) -> Iterator[tuple[str, ...]]:
    """Cure or shift, of each arm on all items."""
    for row in made["cures"]:
        if row["set"] != OF_ARMS:
            continue
        before, after = row["before"], row["after"]
        yield (
            row["arm"],
            f"{before['hits']:.2f} → {after['hits']:.2f}",
            f"{before['false_alarms']:.2f} → {after['false_alarms']:.2f}",
            number((row["above_global"] or {}).get("estimate"), True),
            number(row["within"], True),
            f"{after['d_prime'] - before['d_prime']:+.2f}, {after['criterion'] - before['criterion']:+.2f}",
            row["verdict"],
        )


def lines(made: Row) -> Iterator[str]:
    """All tables."""
    yield from table(("hypothesis", "claimed", "found (95 %)", "seeds", "p (Holm)", "verdict"), claims(made))
    yield from table(("arm", "seeds", *MEASURES), arms(made))
    yield from table(("knowing acceptance on", *SHOWN_IN_SETS), sets(made))
    head = ("arm", "yes to true", "yes to false", "above its ROC", "AUROC within words", "change of d′, c", "verdict")
    yield from table(head, cures(made))


def main() -> None:
    """Prints the tables of a grid."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("grid", type=Path, nargs="?", default=Path("recipes/cure/grid"), help="folder of the grid")
    made = orjson.loads((parser.parse_args().grid / "ablation.json").read_bytes())
    print("\n".join(lines(made)))


if __name__ == "__main__":
    main()

"""Prints the tables on traces of ``docs/concepts/cure.md`` from what ``auscult ablate`` wrote of their grid."""

import argparse
from collections.abc import Iterator
from pathlib import Path

import orjson

from recipes.cure.tables import Row, claims, number, table

MEASURES = ("H^V", "H^K", "H^R", "wrong knowledge", "invalid traces", "accuracy")
SET, PLAINLY = "in stages", "asked plainly"


def arms(made: Row) -> Iterator[tuple[str, ...]]:
    """What each arm came to, asked in stages and plainly."""
    lines = {(row["set"], row["arm"], row["measure"]): row["figure"] for row in made["lines"]}
    for arm, cells in made["cells"].items():
        asked = [(SET, arm, measure) for measure in MEASURES] + [(PLAINLY, arm, "accuracy")]
        yield arm, str(len(cells)), *(number(lines.get(key)) for key in asked)


def learnt(made: Row) -> Iterator[tuple[str, ...]]:
    """What the cells of each arm were tuned on."""
    for arm, cells in made["cells"].items():
        tuned = [cell["tuned"] for cell in cells if cell.get("tuned")]
        if tuned:
            each = (sorted({str(t[key]) for t in tuned}) for key in ("pairs", "epochs", "steps", "tokens", "unmatched"))
            yield arm, *(", ".join(values) for values in each)


def main() -> None:
    """Prints the tables of a grid."""
    parser = argparse.ArgumentParser(description=__doc__)
    usual = Path("recipes/cure/traces-grid")
    parser.add_argument("grid", type=Path, nargs="?", default=usual, help="folder of the grid")
    made = orjson.loads((parser.parse_args().grid / "ablation.json").read_bytes())
    print("\n".join(table(("claim", "limit", "found (95 %)", "seeds", "p (Holm)", "verdict"), claims(made))))
    print("\n".join(table(("arm", "pairs", "epochs", "steps", "tokens learnt", "off by"), learnt(made))))
    print("\n".join(table(("arm", "seeds", *MEASURES, "accuracy, plainly"), arms(made))))


if __name__ == "__main__":
    main()

"""An audit as two tidy CSV files: every number, and every drawing with what readers say of it."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from auscult.drawing.figured import Figures
from auscult.drawing.nouns import Drawn, Outcome, Prompt
from auscult.reports.csv import Line, estimate_line, write_lines

FIGURE = ("section", "reader", "what", "kind", "wording")
ESTIMATE = (
    "value", "low", "high", "level", "n", "clusters", "unit", "missing", "unusable", "coverage",
    "worst", "best", "method", "instrument", "p_value", "withheld", "note",
)  # fmt: skip
DRAWING = ("drawn", "content", "wording", "kind", "prompt", "repeat", "status", "failure", "detail", "images", "said")
OUTCOME = ("reader", "outcome", "outcome_status", "additions", "side", "modality", "view", "evidence")


def write_figures_csv(found: Figures, out: Path) -> Path:
    """Writes every number of an audit (UTF-8, unrounded, shares of one), then drawings as counted."""
    write_lines(out, (*FIGURE, *ESTIMATE), _figures(found))
    return out


def _figures(found: Figures) -> Iterator[Line]:
    for f in found.figures:
        line: Line = {name: getattr(f, name) for name in FIGURE}
        yield line | estimate_line(f.estimate, ESTIMATE)
    for c in found.counts:
        yield {"section": "counts", "value": c.n} | {name: getattr(c, name) for name in FIGURE[1:]}
    for name, n in found.faults.items():
        yield {"section": "faults", "what": name, "value": n}


def write_drawings_csv(
    prompts: Mapping[str, Prompt], drawn: Sequence[Drawn], outcomes: Mapping[str, Sequence[Outcome]], out: Path
) -> Path:
    """Writes every drawing once for each reader that says something of it."""
    said = {reader: {o.drawn_id: o for o in rows} for reader, rows in outcomes.items()}
    write_lines(out, (*DRAWING, *OUTCOME), _drawings(prompts, drawn, said))
    return out


def _drawings(
    prompts: Mapping[str, Prompt], drawn: Sequence[Drawn], said: Mapping[str, Mapping[str, Outcome]]
) -> Iterator[Line]:
    for row in drawn:
        prompt = prompts[row.prompt_id]
        line: Line = {
            "drawn": row.id, "content": row.content, "wording": prompt.wording, "kind": prompt.kind,
            "prompt": prompt.text, "repeat": row.repeat, "status": row.status, "failure": row.failure,
            "detail": row.detail, "images": "; ".join(image.path for image in row.images), "said": row.text,
        }  # fmt: skip
        for reader, rows in said.items():
            if (outcome := rows.get(row.id)) is not None:
                yield line | {
                    "reader": reader, "outcome": outcome.outcome, "outcome_status": outcome.status,
                    "additions": "; ".join(outcome.additions), "side": outcome.side, "modality": outcome.modality,
                    "view": outcome.view, "evidence": outcome.evidence,
                }  # fmt: skip

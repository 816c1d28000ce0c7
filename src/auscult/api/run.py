"""A finished run, opened: figures, answers and scores as tables, the worst answers with their images, the report."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import cached_property
from html import escape
from pathlib import Path
from typing import Any

import pyarrow as pa

from auscult.analysis import summarise
from auscult.analysis.summary import Figure, Summary, read_summary, write_summary
from auscult.api.frame import Frame, schema_of
from auscult.api.options import path_of
from auscult.errors import UserError
from auscult.records import Answer, Case, Estimate, Item, Score
from auscult.reports.gallery import Card, gallery
from auscult.reports.page import write_report
from auscult.reports.selection import BAD
from auscult.reports.tables_csv import COLUMNS, rows
from auscult.runs.folder import read_manifest
from auscult.runs.scores import answered
from auscult.store.tables import read_rows, table_schema

_ITEM = ("source_id", "question", "reference", "answer_type", "kind", "category", "premise_form")
_ANSWER = (
    *(
        "id",
        "item_id",
        "case_id",
        "condition",
        "repeat",
        "status",
        "text",
        "failure",
        "finish",
        "tokens_out",
        "seconds",
    ),
    "yes_margin",
)


@dataclass(frozen=True)
class Worst:
    """Answers that went wrong, with their images; a notebook shows them.

    Iterating gives one dictionary an answer: question, reference, answer, outcome, and what each scorer read.
    """

    cards: tuple[Card, ...]

    def __iter__(self) -> Iterator[dict[str, Any]]:
        for card in self.cards:
            for entry in card.entries:
                yield {
                    "case": card.case.source_key,
                    "question": entry.item.question,
                    "reference": entry.item.reference,
                    "answer": entry.answer.text,
                    "outcome": entry.outcome,
                    "readings": {reading.scorer: reading.parsed or reading.value for reading in entry.readings},
                }

    def __len__(self) -> int:
        return sum(len(card.entries) for card in self.cards)

    def __repr__(self) -> str:
        if not len(self):
            return "(no answer went wrong)"
        return "\n".join(f"{a['outcome']}: {a['question']} → {a['answer'] or '(nothing)'}" for a in self)

    def _repr_html_(self) -> str:
        """Each image once, with its answers beside it."""
        return "".join(map(_shown, self.cards))


def _shown(card: Card) -> str:
    uri, about = escape(card.picture.uri), escape(card.alt)
    image = f'<img src="{uri}" alt="{about}" width="160">' if uri else f"<em>{escape(card.picture.reason)}</em>"
    said = "".join(
        f"<p><b>{escape(e.item.question)}</b><br>reference: {escape(e.item.reference)}<br>"
        f"{escape(e.outcome)}: {escape(e.answer.text) or '(nothing)'}</p>"
        for e in card.entries
    )
    return f'<div style="display:flex;gap:1em;margin:1em 0"><div>{image}</div><div>{said}</div></div>'


class Run:
    """A finished run.

    Args:
        folder: what ``evaluate`` or ``score`` made.

    Attributes:
        folder: the run folder; it explains itself and can be moved.
        manifest: command, settings, versions, hashes, model identity.

    Raises:
        UserError: the folder is no run, or is not finished.
    """

    def __init__(self, folder: Path | str) -> None:
        self.folder = path_of(folder, "a run")
        self.manifest = read_manifest(self.folder)
        self.summary  # noqa: B018  # an unfinished run is refused here and not at its first use

    @cached_property
    def summary(self) -> Summary:
        """Everything that the report says: figures, warnings and counts as attributes; ``figures`` has them as rows."""
        return read_summary(self.folder / "summary.json")

    @property
    def figures(self) -> Frame:
        """One row a number, as in the CSV of ``auscult report``: value, interval, n, what is missing, instrument."""
        return Frame("figures", schema_of(COLUMNS, Figure, Estimate), lambda: rows(self.summary))

    @property
    def answers(self) -> Frame:
        """One row an answer, with its question and reference; in the order of the items.

        Whether it is right stands in ``scores``, by the ``id`` of the answer.
        """
        schemas = {"item": table_schema(Item), "answer": table_schema(Answer)}
        chosen = [schemas["item"].field(n) for n in _ITEM] + [schemas["answer"].field(n) for n in _ANSWER]
        return Frame("answers", pa.schema(chosen), lambda: _answer_rows(self.folder))

    @property
    def scores(self) -> Frame:
        """One row a score: which scorer said what of which answer (``answer_id``)."""
        path = self.folder / "scores.parquet"
        return Frame("scores", table_schema(Score), lambda: (_plain(s) for s in read_rows(path, Score)))

    @property
    def items(self) -> Frame:
        """One row a question that was asked."""
        path = self.folder / "items.parquet"
        return Frame("items", table_schema(Item), lambda: (_plain(i) for i in read_rows(path, Item)))

    @property
    def cases(self) -> Frame:
        """One row an image study that was asked about."""
        path = self.folder / "cases.parquet"
        return Frame("cases", table_schema(Case), lambda: (_plain(c) for c in read_rows(path, Case)))

    def worst(self, n: int = 10) -> Worst:
        """At most ``n`` answers that went wrong, spread over kinds and images; a notebook shows their images.

        The rule of the report's gallery chooses: nobody picks by hand.

        Raises:
            UserError: ``n`` is no number of answers.
        """
        if not isinstance(n, int) or n < 1:
            raise UserError(f"worst takes a number of answers, 1 or more, not {n!r}")
        folder = Path(self.manifest["items"]["path"])
        found = gallery(self.folder, self.summary, folder, n).cards
        return Worst(tuple(card for card in found if any(entry.outcome in BAD for entry in card.entries)))

    def report(self, out: Path | str | None = None) -> Path:
        """Writes the page (``report.html`` in the run, where no place is given) and returns its path."""
        return write_report(self.folder, Path(out) if out else None)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Run) and self.folder.resolve() == other.folder.resolve()

    def __hash__(self) -> int:
        return hash(self.folder.resolve())

    def __repr__(self) -> str:
        return f"<run {self.folder}: {self.summary.title}, {self.summary.items:,} questions>"

    def _repr_html_(self) -> str:
        """Title, size and the headline figures."""
        head = f"<b>{escape(self.summary.title)}</b>, {self.summary.items:,} questions"
        warned = "".join(f"<li>{escape(w)}</li>" for w in self.summary.warnings)
        shown = ("label", "metric", "instrument", "value", "low", "high", "n", "missing", "withheld")
        of = {"section": "headline", "condition": "with"}
        table = Frame("headline", schema_of(shown, Figure, Estimate), lambda: rows(self.summary), of)
        return f"<p>{head}</p><ul>{warned}</ul>{table._repr_html_()}"


def summed_up(run: Path) -> Summary:
    """Sums a scored run up, and keeps that in it."""
    summary = summarise(run)
    write_summary(run / "summary.json", summary)
    return summary


def _answer_rows(folder: Path) -> Iterator[dict[str, Any]]:
    for item, answer in answered(folder / "items.parquet", folder / "answers.parquet"):
        yield {n: getattr(item, n) for n in _ITEM} | {n: getattr(answer, n) for n in _ANSWER}


def _plain(row: Any) -> dict[str, Any]:
    return {k: list(v.items()) if isinstance(getattr(row, k), dict) else v for k, v in asdict(row).items()}

"""What a comparison and a gate say, as objects that print, show themselves in a notebook, and give tables."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from html import escape
from pathlib import Path
from typing import Any

import pyarrow as pa
from rich.console import Console, RenderableType

from auscult.analysis.comparison import Comparison
from auscult.analysis.gate import Gate
from auscult.api.frame import Frame
from auscult.records import Estimate
from auscult.reports import gate as gate_report
from auscult.reports.comparison.outputs import render_comparison, terminal, write_comparison_page
from auscult.store.tables import table_schema

WIDTH = 120
_ESTIMATE = [f for f in table_schema(Estimate) if f.name != "name"]
_MEASURE = [pa.field(n, pa.string()) for n in ("block", "group", "part", "measure", "scorer")]


def printed(shown: RenderableType) -> str:
    """What a terminal shows, as text."""
    console = Console(width=WIDTH, file=None, record=False, color_system=None)
    with console.capture() as capture:
        console.print(shown)
    return capture.get()


def framed(page: str) -> str:
    """A page within a notebook, apart from it."""
    return f'<iframe srcdoc="{escape(page)}" style="width:100%;height:40em;border:0"></iframe>'


@dataclass(frozen=True, repr=False)
class Compared:
    """Runs side by side; ``print`` it, show it in a notebook, or take its tables."""

    comparison: Comparison

    @property
    def figures(self) -> Frame:
        """One row a model and measure, on the items that all compared models were scored on."""
        schema = pa.schema([pa.field("model", pa.string()), *_MEASURE, *_ESTIMATE, pa.field("rank", pa.string())])
        return Frame("figures", schema, self._figures)

    def _figures(self) -> Iterator[dict[str, Any]]:
        rows = self.comparison.rows
        for entry in self.comparison.entries:
            yield {"model": rows[entry.row].label, "rank": entry.rank} | _of(entry.measure) | _plain(entry.shown)

    @property
    def differences(self) -> Frame:
        """One row a pair of models and measure: ``first`` minus ``second``, with its p-value after Holm."""
        more = [pa.field("p_adjusted", pa.float64()), pa.field("better", pa.string())]
        names = [pa.field(n, pa.string()) for n in ("first", "second")]
        return Frame("differences", pa.schema([*names, *_MEASURE, *_ESTIMATE, *more]), self._differences)

    def _differences(self) -> Iterator[dict[str, Any]]:
        labels = [row.label for row in self.comparison.rows]
        for test in self.comparison.differences:
            better = "" if test.better is None else labels[test.better]
            named = {"first": labels[test.first], "second": labels[test.second], "better": better}
            yield named | _of(test.measure) | _plain(test.difference) | {"p_adjusted": test.p_adjusted}

    def page(self, out: Path | str) -> Path:
        """Writes one page that works with no network and returns its path."""
        write_comparison_page(self.comparison, None, Path(out))
        return Path(out)

    def __repr__(self) -> str:
        return printed(terminal(self.comparison))

    def _repr_html_(self) -> str:
        return framed(render_comparison(self.comparison, None))


@dataclass(frozen=True, repr=False)
class Decision:
    """What the gate says; ``verdict`` is PASS, FAIL or INCONCLUSIVE."""

    gate: Gate

    @property
    def verdict(self) -> str:
        """Of all criteria together."""
        return self.gate.verdict

    @property
    def verdicts(self) -> dict[str, str]:
        """Criterion → its verdict."""
        return {decided.name: decided.verdict for decided in self.gate.decided}

    def page(self, out: Path | str) -> Path:
        """Writes one page that works with no network and returns its path."""
        gate_report.write_page(self.gate, Path(out))
        return Path(out)

    def __repr__(self) -> str:
        return printed(gate_report.terminal(self.gate))

    def _repr_html_(self) -> str:
        return framed(gate_report.render(self.gate))


def _of(measure: Any) -> dict[str, str]:
    return {
        "block": measure.block,
        "group": measure.group,
        "part": measure.part,
        "measure": measure.name,
        "scorer": measure.scorer,
    }


def _plain(estimate: Estimate) -> dict[str, Any]:
    return {k: v for k, v in asdict(estimate).items() if k != "name"}

"""What a comparison and a gate say, as objects that print, show themselves in a notebook, and give tables."""

from dataclasses import dataclass
from html import escape
from pathlib import Path

import pyarrow as pa
from rich.console import Console, RenderableType

from auscult.analysis.comparison.comparing import Comparison
from auscult.analysis.gate.decision import Gate
from auscult.api.frame import Frame, schema_of
from auscult.records import Estimate
from auscult.reports import gate as gate_report
from auscult.reports.comparison.csv import COLUMNS, OF_DIFFERENCES, OF_FIGURES, rows
from auscult.reports.comparison.outputs import render_comparison, terminal, write_comparison_page

WIDTH = 120
_NUMBERS = dict.fromkeys(("own_value", "p_holm", "together_low", "together_high", "together_level"), pa.float64())
_NUMBERS |= dict.fromkeys(("own_n", "left_out", "higher_is_better"), pa.int64())


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
        """One row a model and measure, as in the CSV: on the items that all compared models were scored on."""
        return self._frame("figure", OF_DIFFERENCES)

    @property
    def differences(self) -> Frame:
        """One row a pair of models and measure: ``row`` minus ``minus``, with its p-value after Holm."""
        return self._frame("difference", OF_FIGURES)

    def _frame(self, section: str, without: tuple[str, ...]) -> Frame:
        schema = schema_of([c for c in COLUMNS if c not in without], Estimate, **_NUMBERS)
        return Frame(f"{section}s", schema, lambda: rows(self.comparison, None), {"section": section})

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

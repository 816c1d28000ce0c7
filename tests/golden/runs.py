"""The golden runs, made from the command line alone: no model, no network, the same answers every time."""

import contextlib
import io
import sys
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

from tests.golden import flatten
from tests.golden.answers import Answerer, write_annotators, write_labels
from tests.golden.judged import write_judged

from auscult.cli import main

SCORERS = "default,meteor-no-wordnet,rouge"
"""The same on every machine; METEOR with WordNet would hang on the one that is there."""
JUDGED = ("--judge", "facts", "--scorers", SCORERS)
HERE = Path(__file__).parent
Table = dict[str, object]


def auscult(*words: object) -> str:
    """Runs a command in this process and returns its standard output; withheld figures and verdicts stand in tables.

    Raises:
        AssertionError: it does not end its work; with what it said.
    """
    before, said, aside, ended = sys.argv, io.StringIO(), io.StringIO(), 0
    sys.argv = ["auscult", *map(str, words)]
    try:
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(aside):
            main()
    except SystemExit as stopped:
        ended = int(stopped.code or 0)
    finally:
        sys.argv = before
    assert ended in (0, 4, 5, 6), f"auscult {' '.join(map(str, words))}: exit code {ended}\n{aside.getvalue()}"
    return said.getvalue()


class Golden:
    """The runs under one folder; each is made when it is first asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def _made(self, name: str, make: Callable[[Path], None]) -> Path:
        out = self._folder / name
        if not out.exists():
            make(out)
        return out

    def _answered(self, items: Path, name: str, who: Answerer, *words: object, repeats: int = 1) -> Path:
        def make(out: Path) -> None:
            recorded = who.write(items, self._folder / f"{name}.jsonl", repeats=repeats)
            auscult("evaluate", items, "--model", f"replay:{recorded}", "--out", out, "--split", "all", *words)

        return self._made(name, make)

    def phantom_items(self) -> Path:
        def make(out: Path) -> None:
            drawn = self._folder / "drawn"
            auscult("phantoms", "--n", 24, "--seed", 11, "--size", 64, "--out", drawn)
            auscult("build", "--from", "phantoms", drawn, "--premises", "--out", out)

        return self._made("phantom-items", make)

    def vqa_rad_items(self) -> Path:
        sample = files("auscult") / "data" / "vqa-rad-sample"

        def make(out: Path) -> None:
            auscult("build", "--from", "vqa-rad", sample, "--out", out)

        return self._made("vqa-rad-items", make)

    def phantoms(self) -> Path:
        return self._answered(self.phantom_items(), "phantoms", Answerer("first", right=0.85), *JUDGED)

    def phantoms_before(self) -> Path:
        who = Answerer("before", right=0.6)
        return self._answered(self.phantom_items(), "phantoms-before", who, *JUDGED, "--controls", 0)

    def vqa_rad(self) -> Path:
        """With text metrics, references of several people, and labels of what half of the answers mean."""
        items = self.vqa_rad_items()
        annotators = self._made("annotators.csv", lambda out: write_annotators(items, out))
        words = ["--scorers", f"{SCORERS},bleu,sacrebleu", "--annotators", annotators]
        run = self._answered(items, "vqa-rad", Answerer("vqa"), *words)

        def label(out: Path) -> None:
            write_labels(items, self._folder / "vqa-rad.jsonl", out)
            auscult("score", run, "--labels", out)

        self._made("labels.csv", label)
        return run

    def vqa_rad_samples(self) -> Path:
        words = ["--samples", 3, "--temperature", 0.7, "--controls", 40]
        return self._answered(self.vqa_rad_items(), "vqa-rad-samples", Answerer("three", lost=0), *words, repeats=3)

    def judged(self, policy: str) -> Path:
        def make(out: Path) -> None:
            answers = self._made("judged-files", write_judged)
            words = ["--parse-policy", policy, "--scorers", SCORERS, "--max-missing", 0.2]
            auscult("check", answers, "--out", out, *words)

        return self._made(f"judged-{policy}", make)

    def compared(self) -> Path:
        def make(out: Path) -> None:
            words = ["--names", "before,now", "--csv", out, "--html", out.with_suffix(".html")]
            auscult("compare", self.phantoms_before(), self.phantoms(), *words)

        return self._made("compared.csv", make)

    def gate(self, criteria: str, run: Path, *words: object) -> Path:
        def make(out: Path) -> None:
            said = auscult("gate", HERE / f"{criteria}.toml", run, "--json", *words)
            out.write_text(said)

        return self._made(f"{criteria}.json", make)


def without_tables(table: Table) -> Table:
    """The figures by tag go the same way as those of ``vqa-rad``."""
    return {name: value for name, value in table.items() if not name.startswith("table | ")}


TABLES: dict[str, Callable[[Golden], Table]] = {
    "phantoms": lambda golden: flatten.of_run(golden.phantoms()),
    "vqa-rad": lambda golden: flatten.of_run(golden.vqa_rad()),
    "vqa-rad-samples": lambda golden: without_tables(flatten.of_run(golden.vqa_rad_samples())),
    "judged-strict": lambda golden: flatten.of_run(golden.judged("strict")),
    "judged-published": lambda golden: flatten.of_run(golden.judged("published")),
    "compared": lambda golden: flatten.of_comparison(golden.compared()),
    "gate-phantoms": lambda golden: flatten.of_gate(
        golden.gate("gate-phantoms", golden.phantoms(), "--against", golden.phantoms_before())
    ),
    "gate-judged": lambda golden: flatten.of_gate(golden.gate("gate-judged", golden.judged("strict"))),
    "gate-samples": lambda golden: flatten.of_gate(golden.gate("gate-samples", golden.vqa_rad_samples())),
}

"""What scores the answers, as the commands that score take it."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from auscult.cli.command import listed
from auscult.cli.output import USUAL, Output
from auscult.errors import FiguresWithheld, UserError
from auscult.printing import tell
from auscult.runs.judging_options import JudgingOptions, usual_protocol
from auscult.runs.reading_options import ReaderOptions
from auscult.scorers import ScorerOptions
from auscult.scorers.judges import FACTS

if TYPE_CHECKING:
    from auscult.analysis.summary import Summary
    from auscult.runs.rescoring import Readers

RECORDED = "recorded"


@dataclass(frozen=True, kw_only=True)
class Scoring:
    """What scores the answers.

    Attributes:
        judge: model that judges open answers, KIND:NAME; or facts, the fact checker.
        judging: how it judges; the protocol is clinical where none is named, and support of facts.
        reader: model that reads what no rule could read, KIND:NAME.
        reading: how it is asked.
        judge_cascade: calibration file: the fact checker decides where it is certain.
        judge_certificate: file of auscult calibrate judge; repeatable.
        scorers: with commas: rules (closed, facts, ...) and text metrics (meteor, rouge, bleu, sacrebleu,
            bertscore:FOLDER@LAYER), and no others; 'default': all rules; 'none'. Where not given: default, and with a
            judge meteor and rouge.
        scorer: what they may be given.
        annotators: CSV item,annotator,label[,rank]: accuracy where several people gave the reference.
        labels: CSV item,annotator,label: what some of the model's answers mean (yes, no, unclear).
    """

    judge: str = ""
    judging: JudgingOptions = JudgingOptions(protocol="")
    reader: str = ""
    reading: ReaderOptions = ReaderOptions()
    judge_cascade: Path | None = None
    judge_certificate: tuple[Path, ...] = ()
    scorers: str = ""
    scorer: ScorerOptions = ScorerOptions()
    annotators: Path | None = None
    labels: Path | None = None

    def tell(self) -> None:
        """Says on standard error what goes to which model."""
        if self.judge not in ("", FACTS, RECORDED):
            tell(f"answers, with questions, captions and references, go to the judge {self.judge}")
        if self.reader:
            tell(f"answers that no rule reads, with their questions, go to the reader {self.reader}")

    def readers(self) -> "Readers":
        """The judge, the metrics and the tables, ready to score.

        Raises:
            UserError: the options contradict each other.
        """
        from auscult.runs.rescoring import Readers

        options, protocol = self.judging, self.judging.protocol
        if not self.judge and (options.anchors or options.against or self.judge_certificate):
            raise UserError("judge options without a judge; add --judge, for example --judge openai:NAME@URL")
        protocol = protocol or usual_protocol(self.judge)
        if self.judge == FACTS and (protocol != "support" or self.judge_cascade):
            raise UserError("--judge facts gives verdicts of support and asks no model; leave protocol and cascade out")
        if self.judge_cascade and protocol != "support":
            raise UserError(
                "--judge-cascade is for verdicts of support only; add --judge-protocol support, or leave it out"
            )
        if self.judge_cascade:
            more = {"calibration": str(self.judge_cascade)}
            protocol, options = "cascade", replace(options, judge=replace(options.judge, more=more))
        return Readers(
            scorers=listed(self.scorers, "--scorers"),
            scorer_options=self.scorer,
            judges=((self.judge, replace(options, protocol=protocol)),) if self.judge else (),
            reader=self.reader,
            reader_options=self.reading,
            certificates=self.judge_certificate,
            annotators=self.annotators,
            labels=self.labels,
        )

    def with_marks(self, answers: Path) -> "Scoring":
        """With the judgements that stand beside MedHallTune's answers, read as those of a judge."""
        judging = replace(
            self.judging,
            protocol=self.judging.protocol or "medhalltune",
            judge=replace(self.judging.judge, tries=1),
            model=replace(self.judging.model, columns={"text": "result"}),
        )
        return replace(self, judge=f"replay:{answers}", judging=judging)

    def forecast(self, run: Path | None) -> str:
        """What the judge and the reader would be asked: known only where the answers are."""
        from auscult.runs.rescoring import forecasts

        if not self.reader and self.judge in ("", FACTS, RECORDED):
            return "nothing would be asked: no model judges or reads"
        if run is None or not (run / "answers.parquet").exists():
            return "judge and reader:  one call for every answer of theirs and repeat; the forecast needs the answers"
        return "\n".join(f"{who}\n{found.describe()}" for who, found in forecasts(run, self.readers()))


def show(summary: "Summary", run: Path, output: Output = USUAL, page: Path | None = None) -> None:
    """Writes the page of a run, where it is not there yet, and prints what came of it, ending in its path.

    Raises:
        FiguresWithheld: figures of a judge are withheld because verdicts are missing, failed requests or others.
            Answers that could not be read are no failure of this run.
    """
    from auscult.reports.headline import headline
    from auscult.reports.page import write_report
    from auscult.reports.screen import Ending
    from auscult.reports.verdicts import face_of

    page = page or write_report(run)
    output.present(
        face_of(run, summary),
        Ending(path=run, page=page),
        lambda: headline(summary),
        (run / "summary.json").read_bytes,
    )
    judges = {q.instrument for q in summary.quality if q.kind == "judge"}
    estimates = [f.with_image for f in summary.of("quality") if f.with_image and f.group in judges]
    lost = [e for e in estimates if e.withheld and e.missing > e.unread]
    if lost:
        failed = any(e.missing > e.unread + e.unjudged for e in lost)
        again = "the same command asks failed requests again" if failed else "asking again brings none of them"
        raise FiguresWithheld(
            "too many verdicts are missing, so that figures of a judge are withheld; why stands above; "
            f"{again}, and --max-missing shows figures with their bounds"
        )

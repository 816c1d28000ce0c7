"""A finished run as an ``.eval`` log, which Inspect's viewer opens: every answer, every score, the report's figures.

A log holds one image condition. Inspect takes what is asked several times (``epochs``) as one question answered anew
and averages over it, so that answers with and without the image cannot share a log; two logs of one folder stand side
by side in its viewer. Samples of sampled decoding are epochs.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from auscult.analysis.summary import Figure, Summary, read_summary
from auscult.errors import MissingExtra, UserError
from auscult.items.item_set import ItemSet
from auscult.records import Answer, Case, Condition, ImageFile, Item, Score
from auscult.runs.folder import read_manifest
from auscult.runs.scores import answered
from auscult.store.files import sync_and_rename
from auscult.store.tables import read_rows

if TYPE_CHECKING:
    from inspect_ai.log import EvalLog

CONDITIONS: tuple[Condition, ...] = ("with", "without", "wrong")


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What was written: answers, and how many of them are failed requests, which are errors in the log."""

    samples: int
    failed: int


@dataclass(frozen=True, slots=True)
class Run:
    """A finished run under one image condition, with what its log is made of.

    Attributes:
        folder: of the run.
        condition: of the answers that are taken.
        manifest: of the run.
        summary: of the run.
        cases: by id.
        scores: of each answer, by its id.
    """

    folder: Path
    condition: Condition
    manifest: dict[str, Any]
    summary: Summary
    cases: dict[str, Case]
    scores: dict[str, list[Score]]

    def answers(self) -> Iterator[tuple[Item, Answer]]:
        """The answers with their items as they were shown."""
        pairs = answered(self.folder / "items.parquet", self.folder / "answers.parquet")
        return ((item, answer) for item, answer in pairs if answer.condition == self.condition)

    def figures(self) -> Iterator[tuple[Figure, Any]]:
        """The figures of the report that are of this condition, headline first."""
        of = self.summary.of
        overall = (f for f in of("premise") if f.group == of("premise")[0].group)
        for figure in (*of("headline"), *overall, *of("quality")):
            under = {"with": figure.with_image, "without": figure.without_image, "wrong": figure.wrong_image}
            if (estimate := under[self.condition]) is not None:
                yield figure, estimate


def write_inspect_log(run: Path, out: Path, *, condition: Condition = "with", images: bool = False) -> Written:
    """Writes the log of a run under one image condition.

    Args:
        run: a finished run.
        out: the file to write, ``NAME.eval``; it appears when it is whole.
        condition: ``with``, ``without`` or ``wrong``.
        images: whether images are put into the log, each once a question about it.

    Raises:
        UserError: the run is not finished, or nothing was asked under this condition; the name does not end in
            ``.eval``, or cannot be written; ``images`` is asked for and the item set is not there.
        MissingExtra: Inspect AI is not installed.
    """
    if condition not in CONDITIONS:
        raise UserError(f"unknown condition '{condition}'; known: {', '.join(CONDITIONS)}")
    if out.suffix != ".eval":
        raise UserError(f"{out}: a log of Inspect must be named so; give a name that ends in .eval")
    if not out.parent.is_dir():
        raise UserError(f"{out}: no such folder {out.parent}; make it, or name another place")
    if run.resolve() in out.resolve().parents:
        raise UserError(f"{out}: lies in the run; name another place")
    try:
        from inspect_ai.log import write_eval_log

        from auscult.bridges._inspect_samples import log_of
    except ImportError:
        raise MissingExtra("the bridge to Inspect AI", "inspect") from None
    opened = _open(run, condition)
    log: EvalLog = log_of(opened, _image_files(opened.manifest) if images else None)
    partial = out.with_name(f".{out.stem}.tmp.eval")
    try:
        write_eval_log(log, partial.absolute())
        sync_and_rename(partial, out)
    except OSError as error:
        raise UserError(f"{out}: cannot be written ({error.strerror or error}); name another place") from None
    finally:
        partial.unlink(missing_ok=True)
    samples = log.samples or []
    return Written(samples=len(samples), failed=sum(s.error is not None for s in samples))


def _open(run: Path, condition: Condition) -> Run:
    manifest, summary = read_manifest(run), read_summary(run / "summary.json")
    scores: dict[str, list[Score]] = defaultdict(list)
    for score in read_rows(run / "scores.parquet", Score):
        if score.condition == condition:
            scores[score.answer_id].append(score)
    if not any(answer.condition == condition for answer in read_rows(run / "answers.parquet", Answer)):
        raise UserError(f"{run}: nothing was asked under the condition '{condition}'; name another --condition")
    cases = {case.id: case for case in read_rows(run / "cases.parquet", Case)}
    return Run(run, condition, manifest, summary, cases, scores)


def _image_files(manifest: dict[str, Any]) -> tuple[ItemSet, dict[str, ImageFile]]:
    """The item set of a run and its images by hash.

    Raises:
        UserError: it is not where it was, or is another one now.
    """
    noted = manifest.get("items", {})
    if not noted.get("path"):
        raise UserError("the run does not say where its images are; leave --with-images out")
    opened = ItemSet(Path(noted["path"]))
    if opened.digest != noted.get("digest"):
        raise UserError(f"{opened.folder}: not the item set of this run any more; leave --with-images out")
    return opened, {image.sha256: image for case in opened.cases() for image in case.images}

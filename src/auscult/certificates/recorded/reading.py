"""Files of recorded answers → rows of one form. What a file's columns mean is told by its layout (``corpora.layouts``).

A file ``sources.toml`` in a folder says where its answers come from: a table a source, with ``commit``, ``licence``,
``labelled_by`` and ``written = true`` for answers that no model gave; ``"*"`` is every row of the folder.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast, get_args

from auscult.certificates.recorded.labels import checked_labels, folded, given_findings, given_labels
from auscult.corpora.layouts import Layout, layout_of, layouts
from auscult.errors import UserError
from auscult.records import AnswerType, Item, item_id
from auscult.scorers import PREMISE_FORMS
from auscult.scorers.judges.families import families
from auscult.store.files import shipped_table
from auscult.store.given import read_toml
from auscult.store.rows import SUFFIXES, read_rows
from auscult.store.rows import Row as Line

SOURCES = "sources.toml"
UNKNOWN = "family not known"
"""What all models count as whose name says nothing of their family: one."""
_POLAR = re.compile(r"(is|are|was|were|does|do|did|has|have|had|can|could|will|would|any)\b", re.I)
_COUNT = re.compile(r"how (many|much|large|big|long|wide|high|thick|old)\b", re.I)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """An answer that was recorded.

    Attributes:
        labels: what each labeller says it says, in the order of labellers; several readings that one of them finds
            defensible stand in one tuple, the better first. Empty: nobody labelled it.
        findings: labelled findings with their presence.
        source: where it was published, with ``commit`` and ``licence`` as stated there.
        labelled_by: who the labellers were.
        written: no model gave it: somebody wrote it for a test.
        where: file and row.
    """

    question: str
    answer: str
    answer_type: AnswerType
    options: tuple[str, ...] = ()
    image: str = ""
    model: str = ""
    family: str = ""
    dataset: str = ""
    reference: str = ""
    premise: str = ""
    premise_form: str = ""
    premise_true: bool | None = None
    category: str = ""
    labels: tuple[tuple[str, ...], ...] = ()
    findings: tuple[tuple[str, str], ...] = ()
    source: str = ""
    commit: str = ""
    licence: str = ""
    labelled_by: str = ""
    written: bool = False
    tags: Mapping[str, str] = field(default_factory=dict)
    where: str = ""

    @property
    def text(self) -> tuple[str, ...]:
        """What is read: answers that share it are one text."""
        return (folded(self.question), *map(folded, self.options), folded(self.answer))

    @property
    def cluster(self) -> str:
        """Image and model; where the image is not recorded, question and model."""
        return "\n".join((self.model, self.dataset, self.image or folded(self.question)))

    @property
    def item(self) -> Item:
        """The question as an item; its reference is the one given, or any."""
        reference = self.reference or (self.options or ("yes",))[0]
        return Item(
            id=item_id(self.cluster, self.question, self.options, reference, self.where),
            case_id=self.cluster,
            source_id=self.where,
            question=self.question,
            reference=reference,
            answer_type=self.answer_type,
            options=self.options,
            kind={None: "question", True: "non-hallucination", False: "hallucination"}[self.premise_true],  # type: ignore[arg-type]
            category=self.category,
            premise=self.premise,
            premise_form=self.premise_form,
            tags=dict(self.tags),
        )


def _known() -> dict[str, Any]:
    return shipped_table("certificates/recorded/known.toml")


def read_answers(folders: Sequence[Path]) -> list[Recorded]:
    """All answers of folders and files, in the order of their names.

    Raises:
        UserError: a folder is not there, holds no answers in a known form, or has a file that cannot be read.
    """
    rows: list[Recorded] = []
    for folder in folders:
        found = [row for path in _files(folder) for row in _read_file(path, _sources(path, folder))]
        if not found:
            known = ", ".join(one.name for one in layouts())
            raise UserError(f"{folder}: no recorded answers; known forms: {known} (files {', '.join(SUFFIXES)})")
        rows += found
    return rows


def sets_of(data: Path | None) -> list[Path]:
    """The sets of labelled answers in a folder of data sets, known by their names."""
    return [data / name for name in _known()["sources"] if data and (data / name).is_dir()]


def _files(folder: Path) -> Iterator[Path]:
    if folder.is_file():
        yield folder
        return
    if not folder.is_dir():
        raise UserError(f"{folder}: no such folder; give one that holds recorded answers")
    if run := next((m.parent for m in folder.rglob("manifest.json") if (m.parent / "journal").is_dir()), None):
        raise UserError(f"{run}: a run; give files with the columns model, question and answer instead")
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        if path.suffix.lower() in SUFFIXES:
            yield path


def _sources(path: Path, top: Path) -> dict[str, dict[str, Any]]:
    """What the nearest ``sources.toml`` says, from the file's folder up to the one that was given."""
    known = _known()["sources"].get(path.parent.name)
    for folder in (path.parent, *path.parent.parents):
        if (folder / SOURCES).is_file():
            return read_toml(folder / SOURCES, "mend it")
        if folder == top:
            break
    return {"*": known} if known else {}


def _read_file(path: Path, sources: Mapping[str, Any]) -> Iterator[Recorded]:
    lines = read_rows(path)
    try:
        first = next(lines)
    except UserError:
        if path.suffix.lower() == ".json":
            return  # a summary or a setting, no table
        raise
    if layout := layout_of(first.values):
        for line in (first, *lines):
            if row := _row(line, layout, path, sources):
                yield row


def _row(line: Line, layout: Layout, path: Path, sources: Mapping[str, Any]) -> Recorded | None:
    """One row; None where it holds no answer or no question."""

    def text(name: str) -> str:
        return layout.text(line, name)

    question, options = _asked(text("question"), layout.options(line))
    answer = layout.answer(line)
    if not question or not answer.strip():
        return None
    source = text("source")
    about = {**sources.get("*", {}), **sources.get(source.split(":")[0], {})}
    model = text("model").rstrip("/").rsplit("/", 1)[-1] or f"{path.parent.name}, {path.stem}"
    reference, labels, stated = text("reference"), given_labels(line), text("answer_type")
    if layout.own and stated not in ("", *get_args(AnswerType)):
        known = ", ".join(get_args(AnswerType))
        raise UserError(f"{line.where}: answer_type is {stated!r}; known: {known}; or leave it out")
    if {folded(o) for o in options} == {"yes", "no"}:
        options, stated = (), "yes_no" if stated == "choice" else stated
    answer_type = _type(line, stated, question, options, reference, labels)
    premise = bool(text("premise")) and text("premise_form") in PREMISE_FORMS
    return Recorded(
        question=question,
        answer=answer,
        answer_type=answer_type,
        options=options,
        image=text("image"),
        model=model,
        family=text("family") or " and ".join(sorted(families(model))) or UNKNOWN,
        dataset=text("dataset") or ("" if text("image") else path.stem),
        reference=reference,
        premise=text("premise"),
        premise_form=text("premise_form"),
        premise_true=cast(bool | None, line.values.get("premise_true")),
        category=text("category") if layout.own else "",
        labels=checked_labels(line, labels, answer_type, options, premise),
        findings=given_findings(line),
        source=source.split(":")[0] or str(about.get("name", "")) or path.parent.name,
        commit=str(about.get("commit", "")),
        licence=str(about.get("licence", "")),
        labelled_by=text("labelled_by") or str(about.get("labelled_by", "")),
        written=layout.written or bool(about.get("written")),
        where=line.where,
    )


def _asked(prompt: str, options: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """The question without what the prompt adds; options in brackets at its end ("[yes, no]") are taken from there."""
    low = prompt.lower()
    ends = [at for end in _known()["prompts"]["ends"] if (at := low.find(end)) > 0]
    if not ends:
        return prompt, options
    listed = re.search(r"\[([^\]]+)\]\s*$", prompt)
    if listed and not options:
        options = tuple(o.strip() for o in listed[1].split(","))
    return prompt[: min(ends)].strip(), options


def _type(
    line: Line,
    given: str,
    question: str,
    options: tuple[str, ...],
    reference: str,
    labels: tuple[tuple[str, ...], ...],
) -> AnswerType:
    """The stated answer type where it is one of ours; else by options, reference and first words of the question."""
    if given in get_args(AnswerType):
        return cast(AnswerType, given)
    if options:
        return "choice"
    said = {folded(reference).rstrip(".")} | {folded(x) for label in labels for x in label}
    last = re.split(r"[.,:]\s+", question)[-1]
    either = re.search(r"\bor\b", last, re.I) and not said & {"yes", "no"}
    takes_sides = said - {""} and said <= {"yes", "no", "unclear", "refused", "none", ""}
    if takes_sides or said & {"yes", "no"} or (not either and (_POLAR.match(question) or _POLAR.match(last))):
        return "yes_no"
    return "number" if _COUNT.match(question) else "open"

"""Answers that somebody else recorded → an item set and files of answers by its ids: what an evaluation is made of.

A table that holds its own questions and truths becomes both; answers to an item set that is there are matched with its
ids. MedHallTune's own files are read as they are.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import orjson
from pydantic import TypeAdapter, ValidationError

from auscult.corpora import ReadOptions, medhalltune
from auscult.corpora.recorded.answers import AnswerTable
from auscult.corpora.recorded.said import Said
from auscult.corpora.recorded.table import OWN, RecordedTable, TableOptions
from auscult.errors import UserError
from auscult.items.item_set import ItemSet
from auscult.items.patient_data.screening import PatientData
from auscult.items.split import SplitPlan
from auscult.items.writer import SourceNote, write_item_set
from auscult.records import Item
from auscult.runs.folder import refuse_other_folder
from auscult.store.files import content_hash, draft_file, write_json
from auscult.store.held import held
from auscult.store.rows import read_rows
from auscult.store.tables import read_fields

ITEMS, ANSWERS, PREPARED = "items", "answers", "check.json"
"""What lies in the folder of a check beside the run: the item set, the answers by its ids, and how they were made."""
BUSY = "another process is working in this folder; wait for it, or use another --out"
PREFIX = re.compile(r"(?:train(?:ing)?|val(?:idation)?|test|dev|[NP])[-_:/# ]", re.IGNORECASE)
MATCHING = 0.5
"""Least share of recorded ids that must be those of the item set."""


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """What an evaluation of recorded answers is made of.

    Attributes:
        key: what it depends on: the table's bytes and what the user said of it.
        items: folder of the item set.
        models: name of each model, as the table has it, and the file of its answers; an empty name where it has none.
        questions: how many there are.
        rows: of the table.
        notes: what must be known of the figures.
        samples: most answers to one question.
        told: what was understood, a line each.
    """

    key: dict[str, Any]
    items: Path
    models: dict[str, Path]
    questions: int
    rows: int
    notes: tuple[str, ...] = ()
    samples: int = 1
    told: tuple[str, ...] = ()


_ADAPTER = TypeAdapter(Prepared)
Say = Callable[[str], None]


def prepare(path: Path, out: Path, options: TableOptions, items: Path | None = None, say: Say = print) -> Prepared:
    """Makes what is missing of it in the folder of a check; what is there from the same table stays.

    Args:
        path: the table.
        out: folder of the check.
        options: what the user says of the table.
        items: item set that was answered; None: the table holds questions and truths.
        say: takes a line for the user.

    Raises:
        UserError: the table cannot be used, or the folder is that of another check or of something else.
    """
    key = _key(path, options, items)
    refuse_other_folder(out)
    with _nothing_left(out), held(out, BUSY):
        if there := _earlier(out, key, path):
            for line in there.told:
                say(line)
            return there
        made = _answers_to(path, out, options, items, key, say) if items else _whole(path, out, options, key, say)
        plain = _ADAPTER.dump_python(made, mode="json")
        write_json(out / PREPARED, plain)
    return made


@contextmanager
def _nothing_left(out: Path) -> Iterator[None]:
    """Takes a folder away again that was made for a table which then was refused, where nothing was written to it."""
    new = not out.exists()
    try:
        yield
    except UserError:
        if new and {path.name for path in out.glob("*")} <= {".lock", ANSWERS}:
            with suppress(OSError):
                (out / ".lock").unlink(missing_ok=True)
                if (out / ANSWERS).exists():
                    (out / ANSWERS).rmdir()
                out.rmdir()
        raise


def look(path: Path, options: TableOptions) -> Iterator[str]:
    """What ``prepare`` would make of a table that holds its questions, a line each; nothing is written.

    Raises:
        UserError: the table cannot be used.
    """
    table = RecordedTable(path, options)
    yield from table.describe()
    kinds: Counter[str] = Counter()
    said: Counter[str] = Counter()
    targets = 0
    for bundle in table.bundles(lambda one: said.update([one.model])):
        kinds.update(item.answer_type for item in bundle.items)
        targets += sum(bool(item.target) for item in bundle.items)
    yield from table.understood()
    types = ", ".join(f"{kind.replace('_', '/')} {n:,}" for kind, n in kinds.most_common())
    yield f"{sum(kinds.values()):,} questions ({types}); {targets:,} of them ask for a finding"
    yield from (f"{n:,} recorded answers{f' of {model}' if model else ''}" for model, n in said.items())
    yield from table.notes()


def _key(path: Path, options: TableOptions, items: Path | None) -> dict[str, Any]:
    try:
        digest = content_hash(path)
    except FileNotFoundError:
        raise UserError(f"{path}: no such file; check the path") from None
    except OSError as error:
        raise UserError(f"{path}: cannot be read ({error.strerror}); check the path and its permissions") from None
    told = asdict(options) | {
        "images": str(options.images.resolve()) if options.images else "",
        "findings": content_hash(options.findings) if options.findings and options.findings.is_file() else "",
    }
    return {"table": path.name, "sha256": digest, "items": ItemSet(items).digest if items else ""} | {
        name: [list(pair) for pair in value] if name == "columns" else value for name, value in told.items()
    }


def _earlier(out: Path, key: dict[str, Any], path: Path) -> Prepared | None:
    """What an earlier call with the same table made.

    Raises:
        UserError: it was another table, or another reading of it.
    """
    try:
        made: Prepared = _ADAPTER.validate_json((out / PREPARED).read_bytes())
    except FileNotFoundError:
        if (out / "manifest.json").exists():
            raise UserError(f"{out}: holds a run that is no check of a table; name another folder with --out") from None
        return None
    except ValidationError:
        raise UserError(f"{out / PREPARED}: damaged; delete the folder {out}, or name another with --out") from None
    for name, value in key.items():
        if made.key.get(name) != value:
            was = {
                "table": f"holds the check of another table, {made.key.get('table')}",
                "sha256": f"holds the check of {path.name} as it was before it changed",
            }
            said = was.get(name, f"was begun with other {name.replace('_', ' ')}")
            raise UserError(f"{out}: {said}; name another folder with --out, or delete this one")
    whole = all(file.exists() for file in made.models.values()) and (made.items / "manifest.json").exists()
    return made if whole else None


def _whole(path: Path, out: Path, options: TableOptions, key: dict[str, Any], say: Say) -> Prepared:
    """The item set and the answers of a table that holds questions and truths."""
    table = RecordedTable(path, options)
    told = list(table.describe())
    for line in told:
        say(line)
    note = SourceNote(reader=OWN, path=str(path), options={"columns": dict(table.columns.fields)})
    with _files(out, table.models, path.stem) as files:
        manifest = write_item_set(
            table.bundles(files.write),
            out / ITEMS,
            source=note,
            split=SplitPlan(shares={"test": 1.0}),
            overwrite=True,
            patient_data=PatientData(keep=True, burned_in=False),
        )
    understood = list(table.understood())
    for line in understood:
        say(line)
    return Prepared(
        key=key,
        items=out / ITEMS,
        models=files.paths,
        questions=manifest.items,
        rows=table.survey.rows,
        notes=tuple(table.notes()),
        samples=files.samples,
        told=(*told, *understood),
    )


def _answers_to(path: Path, out: Path, options: TableOptions, items: Path, key: dict[str, Any], say: Say) -> Prepared:
    """The answers of a table by the ids of an item set."""
    table = AnswerTable(path, options)
    told = list(table.describe())
    for line in told:
        say(line)
    names = _names(items)
    change = _matching(table, names, path, items)
    with _files(out, table.models, path.stem) as files:
        for said in table.said():
            own = change(said.id)
            files.write(Said(**{**asdict(said), "id": names.get(own, own)}))
    return Prepared(
        key=key,
        items=items.resolve(),
        models=files.paths,
        questions=ItemSet(items).manifest.items,
        rows=table.rows,
        notes=tuple(table.notes()),
        samples=files.samples,
        told=tuple(told),
    )


def _names(items: Path) -> dict[str, str]:
    """Every name of an item → its id."""
    found = dict[str, str]()
    for name, own in read_fields(ItemSet(items).folder / "items.parquet", Item, ("id", "source_id")):
        found[name] = name
        found.setdefault(own, name)
    return found


def _matching(table: AnswerTable, names: dict[str, str], path: Path, items: Path) -> Callable[[str], str]:
    """What makes the ids of a table those of an item set: nothing, or the prefix of a split put on or taken off.

    Raises:
        UserError: most of them are still others.
    """
    prefixes = {m[0] for name in names if (m := PREFIX.match(name))}
    changes: dict[str, Callable[[str], str]] = {"": str}
    changes |= {p: (lambda own, p=p: f"{p}{own}") for p in sorted(prefixes)}  # type: ignore[misc]
    changes["off"] = lambda own: PREFIX.sub("", own, count=1)
    ids = list(dict.fromkeys(said.id for said in table.said()))
    matched = {name: sum(change(own) in names for own in ids) for name, change in changes.items()}
    best = max(matched, key=lambda name: matched[name])
    if matched[best] < MATCHING * len(ids):
        here = next(own for own in ids if changes[best](own) not in names)
        there = next(own for own in names if names[own] != own)
        raise UserError(
            f"{path}: {len(ids) - matched[best]:,} of its {len(ids):,} ids are not in {items} (in the table: {here!r}; "
            f"in the item set: {there!r}); name the right column with --map id=COLUMN"
        )
    return changes[best]


@dataclass
class _Files:
    """Files of answers, one a model, that are not whole yet."""

    paths: dict[str, Path]
    open: dict[str, BinaryIO]
    samples: int = 1
    written: Counter[str] = field(default_factory=Counter)

    def write(self, said: Said) -> None:
        row = {"id": said.id, "text": said.text, "condition": said.condition, "repeat": said.repeat}
        row |= {"finish": said.finish} if said.finish else {}
        self.open[said.model].write(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))
        self.written[said.model] += 1
        self.samples = max(self.samples, said.repeat + 1)


@contextmanager
def _files(out: Path, models: Sequence[str], stem: str) -> Iterator[_Files]:
    """The file of each model's answers in the folder of a check; they get their names together."""
    (out / ANSWERS).mkdir(exist_ok=True)
    paths = dict[str, Path]()
    for model in models:
        name = re.sub(r"[^\w.+-]+", "-", model or stem).strip("-.")[:60] or "model"
        while any(path.stem.casefold() == name.casefold() for path in paths.values()):
            name += "-2"
        paths[model] = out / ANSWERS / f"{name}.jsonl"
    with ExitStack() as stack:
        drafts = {model: stack.enter_context(draft_file(path)) for model, path in paths.items()}
        files = _Files(paths, {m: stack.enter_context(open(draft, "wb")) for m, draft in drafts.items()})
        yield files
        if silent := [model for model in models if not files.written[model]]:
            raise UserError(f"{stem}: no answer of {silent[0] or 'the model'} is recorded; nothing to check")
        seen = dict[str, str]()
        for model, file in files.open.items():
            file.flush()
            first = seen.setdefault(content_hash(drafts[model]), model)
            if first != model:
                raise UserError(f"{stem}: '{first}' and '{model}' gave the same answers word for word; leave one out")


def holds(answers: Path, name: str) -> bool:
    """Whether these are files of MedHallTune with a field: ``answer`` (a model's), ``result`` (a judgement of it)."""
    if not answers.is_dir() and answers.suffix != ".jsonl":
        return False
    try:
        files = medhalltune.question_files(answers, holding=name)
        return all({name, "gpt4_answer"} <= next(iter(read_rows(file))).values.keys() for file in files)
    except (UserError, StopIteration):
        return False


def prepare_judged(answers: Path, out: Path) -> Prepared:
    """The item set that MedHallTune's own files of answers are about; the answers stay where they are.

    Raises:
        UserError: the files are broken, or the folder is that of another check or of something else.
    """
    files = medhalltune.question_files(answers, holding="answer")
    digest = hashlib.sha256("".join(map(content_hash, files)).encode()).hexdigest()
    key = {"table": answers.name, "sha256": digest}
    refuse_other_folder(out)
    with held(out, BUSY):
        if there := _earlier(out, key, answers):
            return there
        note = SourceNote(reader="medhalltune", path=str(answers), options={})
        bundles = medhalltune.read(answers, ReadOptions())
        made = write_item_set(
            bundles,
            out / ITEMS,
            source=note,
            split=SplitPlan(published=True),
            overwrite=True,
            patient_data=PatientData(keep=True, burned_in=False),
        )
        prepared = Prepared(
            key=key,
            items=out / ITEMS,
            models={"": answers},
            questions=made.items,
            rows=made.items,
        )
        plain = _ADAPTER.dump_python(prepared, mode="json")
        write_json(out / PREPARED, plain)
    return prepared

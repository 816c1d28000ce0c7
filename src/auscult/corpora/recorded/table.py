"""A table of recorded answers → cases with their questions, and the answers beside them.

Columns are known as ``columns`` says; what is wrong with rows is collected. All is test. Rows without an image and
without the name of a study stand alone, each as its own case.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

from auscult.corpora import Bundle
from auscult.corpora._bundles import seal
from auscult.corpora._grouping import GroupedRows
from auscult.corpora._table_items import CLOSED, TAG, draft_case, draft_item, one_case
from auscult.corpora.recorded.columns import ASKED, Columns, guess, plain
from auscult.corpora.recorded.labelled import labelled
from auscult.corpora.recorded.lettered import Lettered, are_lettered, lettered
from auscult.corpora.recorded.pictures import HERE, folder_of_images, found, picture
from auscult.corpora.recorded.said import Said, said_in
from auscult.corpora.recorded.survey import Survey, survey, text_of
from auscult.corpora.recorded.truths import are_yes_or_no, coded, options_of, right_option, yes_no_of
from auscult.errors import UserError
from auscult.records import Case, Item, Trace, rank
from auscult.store.cells import as_text
from auscult.store.dialects import DELIMITERS, WINDOWS, dialect_of
from auscult.store.faults import Faults
from auscult.store.rows import TEXTS, Row, read_rows, unsaid
from auscult.store.sheets import SPREADSHEETS, sheet_of

HEAD = 1_000
"""Rows that columns are known by."""
OWN = "own table"
"""Source of the cases."""
TRUTH = "truth of the labels"
"""Stands for the column of truths of a table that has none."""
SUBGROUP = "subgroup"
"""Tag of a column that is called group: that word stands for clusters elsewhere."""


@dataclass(frozen=True, kw_only=True)
class TableOptions:
    """What a user says of a table.

    Attributes:
        columns: our field and a column of the table; ``answer`` may be there several times, a model each.
        images: folder that names of images are relative to; the table's own where not given.
        sheet: of a spreadsheet.
        skip_bad: whether rows that cannot be used are left out.
        findings: table of labels of the images, which say what is right where the table does not.
    """

    columns: tuple[tuple[str, str], ...] = ()
    images: Path | None = None
    sheet: str = ""
    skip_bad: bool = False
    findings: Path | None = None


class RecordedTable:
    """A table of recorded answers, its columns known.

    Args:
        path: the table.
        options: what the user says of it.

    Attributes:
        columns: which is what.
        faults: rows that cannot be used.
        survey: what was found in all rows.

    Raises:
        UserError: it cannot be read, or a column is missing or could be one of several.
    """

    def __init__(self, path: Path, options: TableOptions) -> None:
        self.path, self.options = path, options
        self.faults = Faults(skip=options.skip_bad)
        self._finding = ""
        head = list(islice(self._rows(Faults(skip=True)), HEAD))
        self.columns: Columns = guess(head, options.columns, path, labelled=options.findings is not None)
        self._fields = dict(self.columns.fields)
        self._finding = self._fields["target"] if self._fields["question"] == ASKED else ""
        self._others = self.columns.others()
        self._labels = labelled(options.findings, self._fields.get("image"), path)
        self._truth = self._fields.get("truth", TRUTH)
        truths = [t for row in head if (t := text_of(row, self._truth).strip())]
        self._all_yes_or_no = are_yes_or_no(truths)
        asked = [(text_of(r, self._fields["question"]), text_of(r, self._truth)) for r in head]
        said = [[t for c in self.columns.answers if (t := text_of(r, c).strip())] for r in head]
        apart = "options" in self._fields or bool(self.columns.letters)
        self._lettered = not apart and are_lettered((*one, two) for one, two in zip(asked, said, strict=True))
        self._read_as: Counter[tuple[str, str]] = Counter()
        self._blank: Counter[str] = Counter()
        self._unsaid = self._unlabelled = 0
        self.survey: Survey = survey(self._rows(Faults(skip=True)), self.columns, path)
        self._folder = folder_of_images(path, options.images, head, self._fields.get("image"))

    def _rows(self, faults: Faults) -> Iterator[Row]:
        """All rows; where the table names findings and asks nothing, each with the question for its finding."""
        for row in read_rows(self.path, faults=faults, sheet=self.options.sheet, windows=True):
            if self._finding:
                finding = text_of(row, self._finding).strip().lower()
                row = replace(row, values={**row.values, ASKED: finding and f"Is there {finding}?"})
            yield row

    @property
    def models(self) -> tuple[str, ...]:
        """Names of the models; one empty name where the table names none."""
        return self.columns.answers if len(self.columns.answers) > 1 else self.survey.models or ("",)

    def describe(self) -> Iterator[str]:
        """How the file was read and which column is what, a line each."""
        form, suffix = [], self.path.suffix.lower()
        if suffix in TEXTS:
            dialect = dialect_of(self.path, windows=True)
            if dialect.encoding == WINDOWS:
                form.append("not UTF-8: read as Windows-1252")
            if dialect.delimiter != ("\t" if suffix == ".tsv" else ","):
                form.append(f"{DELIMITERS.get(dialect.delimiter, dialect.delimiter)} between cells")
        if suffix in SPREADSHEETS:
            form.append(f"sheet '{sheet_of(self.path, self.options.sheet)[0]}'")
        how = f" ({'; '.join(form)})" if form else ""
        yield f"{self.path.name}, {self.survey.rows:,} rows{how}: {self.columns}"
        if self._labels:
            yield self._labels.describe()
        if self._lettered:
            yield "questions hold their options (A, B, ...): read as choices, where they are yes and no as yes/no"
        if self.columns.unused:
            yield f"columns that are not used: {', '.join(self.columns.unused)}"
        if self.survey.cases and self.survey.cases == self._fields.get("id"):
            yield f"several questions share a value of '{self.survey.cases}': it names the study of a row"
        if "image" in self._fields and self._folder is None:
            yield "the images are not here, so that the report shows none; --images FOLDER names their folder"

    def understood(self) -> Iterator[str]:
        """Which cells were read as something else than they say; complete once all rows were read."""
        if self._read_as:
            words = ", ".join(f"'{said}' as {meant} ({n:,})" for (said, meant), n in self._read_as.most_common(6))
            yield f"cells read as yes or no: {words}"
        if self._blank:
            words = ", ".join(f"'{said}' ({n:,})" for said, n in self._blank.most_common(6))
            yield f"cells that hold no answer, so that it is missing: {words}"

    def notes(self) -> Iterator[str]:
        """What must be known of the figures; complete once all rows were read."""
        if self.faults.count:
            yield (
                f"{self.faults.count:,} of {self.survey.rows:,} rows of the table could not be used and are left out, "
                f"the first: {self.faults.first[0].removeprefix(f'{self.path}, ')}."
            )
        if again := len(self.survey.again):
            yield f"{again:,} rows repeat an earlier row word for word; each question is counted once."
        if self._unlabelled:
            yield (
                f"{self._unlabelled:,} of {self.survey.rows:,} rows are left out: they ask for no finding of which the "
                "labels say something."
            )
        if self._unsaid:
            yield f"{self._unsaid:,} answers are empty in the table as nothing was recorded: missing, and not wrong."
        if not (self._fields.keys() & {"image", "patient"} or self.survey.cases):
            yield (
                "No column says which image or patient a row is about: each row counts as an image of its own. If "
                "several rows are about one image, say --map image=COLUMN, or the ranges come out too narrow."
            )
        elif not ("image" in self._fields or self.survey.cases):
            yield "No column says which image a row is about: each row counts as an image of its own, of its patient."

    def bundles(self, record: Callable[[Said], None]) -> Iterator[Bundle]:
        """Yields one case an image, study or row, with its questions; their answers go to ``record`` first.

        Raises:
            UserError: rows cannot be used and may not be left out, or none is left.
        """
        alone = not (self.survey.cases or "image" in self._fields or self.survey.ids == "content")
        grouped, kept = GroupedRows(), 0
        for row in self._rows(self.faults):
            if row.number in self.survey.again:
                continue
            with self.faults.row():
                if not self._is_labelled(row):
                    continue
                item, case, images, said = self._read(row)
                kept += 1
                for one in said:
                    record(one)
                if not alone:
                    grouped.add(case.source_key, [item, case, images, row.where])
                elif self.faults.skip or not self.faults.count:
                    yield seal(case, [item])
        self._settle(kept)
        for rows in grouped:
            yield self._bundle(rows)
        self._settle(kept)

    def _settle(self, kept: int) -> None:
        self.faults.settle()
        if not kept:
            raise UserError(f"{self.path}: no row can be used; the first: {self.faults.first[0]}")

    def _bundle(self, rows: list[Any]) -> Bundle:
        """The case of some rows, its questions each once."""
        items: dict[str, Item] = {}
        for plain_item, _, _, where in rows:
            options, trace = tuple(plain_item["options"]), Trace(**plain_item["trace"])
            item = Item(**{**plain_item, "options": options, "trace": trace})
            first = items.setdefault(item.source_id, item)
            if (first.question, first.options, first.reference) != (item.question, item.options, item.reference):
                self.faults.take(
                    UserError(
                        f"{where}: question '{item.source_id}' has another wording or truth than in an earlier row; "
                        "give each question its own id"
                    )
                )
        drafts = [replace(Case(**plain_case), images=(), boxes=(), facts=()) for _, plain_case, _, _ in rows]
        try:
            case = one_case(drafts, rows[-1][3])
        except UserError as error:
            self.faults.take(error)
            case = drafts[0]
        names, folder = rows[0][2], self._folder
        files = [found(folder, name) for name in names] if folder else []
        images = [picture(file, name) for file, name in zip(files, names, strict=False)]
        return seal(case, list(items.values()), images)

    def _read(self, row: Row) -> tuple[Item, Case, list[str], list[Said]]:
        """A row's question, case, names of images and answers.

        Raises:
            UserError: what is wrong with it.
        """
        self.survey.refuse_another(row)
        own = self._options_in(text_of(row, self._fields["question"]))
        row = self._tidied(row)
        columns = {n: c for n, c in self._fields.items() if n not in ("truth", "group", "id", "case")}
        columns |= {"answer": self._truth, "id": ""}
        if group := self._fields.get("group"):
            name = plain(group)
            columns[f"{TAG}{SUBGROUP if name == 'group' else name}"] = group
        images = self._image_names(row)
        asked = replace(row, values={c: v for c, v in row.values.items() if c not in self._others})
        item = draft_item(asked, columns, images=len(images) or None)
        key = ",".join(images) or (row.required("case", self.survey.cases) if self.survey.cases else "")
        item = replace(item, source_id=self._name(row, item, key), split="test")
        case = draft_case(asked, columns, OWN, key or item.source_id, "")
        if self._labels:
            case = replace(case, findings=self._labels.of(images))
        if not case.group and not images:
            case = replace(case, group=case.source_key, group_kind="study" if self.survey.cases else "image")
        return item, case, images, list(self._answers(row, item, own))

    def _tidied(self, row: Row) -> Row:
        """The row with its truth and its options as items have them, and texts at dotted paths brought up."""
        values = dict(row.values) | {c: row.value(c) for c in self._fields.values()}
        column, question = self._truth, text_of(row, self._fields["question"]).strip()
        truth = text_of(row, column).strip() or self._labelled_truth(row)
        options: list[str] = []
        if (own := self._options_in(question)) is not None:
            question, options = own.asked, list(own.options)
            truth = own.meant(truth)
            values |= {self._fields["question"]: question, "options": options}
            if not truth:
                raise UserError(
                    f"{row.where}: the truth is none of the options in the question {options}; mend the row"
                )
        elif "options" in self._fields:
            options = options_of(row, row.value(self._fields["options"]))
            values[self._fields["options"]] = options
        elif self.columns.letters:
            options = [t for c in self.columns.letters if (t := text_of(row, c).strip())]
            values["options"] = options
        if options and truth:
            values[column] = right_option(row, options, truth)
        elif self._may_be_yes_or_no(row) and (word := yes_no_of(question, truth, all_so=self._all_yes_or_no)):
            values[column] = self._noted(truth, word)
        elif truth:
            values[column] = truth
            if truth.isdecimal() and question.casefold().startswith("how many"):
                values.setdefault("answer_type", "number")
        return Row(row.number, row.where, values)

    def _may_be_yes_or_no(self, row: Row) -> bool:
        """Whether the row does not say that its answer is something else."""
        return text_of(row, self._fields.get("answer_type", "")).strip() in ("", CLOSED, "yes_no")

    def _options_in(self, question: str) -> Lettered | None:
        """The options in the words of a question, where the table's questions hold theirs."""
        return lettered(question) if self._lettered else None

    def _is_labelled(self, row: Row) -> bool:
        """Whether something says what is right, where the table may be silent."""
        if self._labels is None or text_of(row, self._truth).strip() or self._labelled_truth(row):
            return True
        self._unlabelled += 1
        return False

    def _labelled_truth(self, row: Row) -> str:
        """What the labels of a row's images say to its question; empty where there are none."""
        if self._labels is None:
            return ""
        return self._labels.truth(text_of(row, self._fields["question"]), self._names_in(row))

    def _noted(self, text: str, word: str) -> str:
        if text.strip().rstrip(".!").casefold() != word:
            self._read_as[text.strip()[:16], word] += 1
        return word

    def _image_names(self, row: Row) -> list[str]:
        """The images that a row names; each is there, where any of the table is.

        Raises:
            UserError: one is missing or broken.
        """
        if "image" not in self._fields:
            return []
        names = self._names_in(row)
        folder = self._folder
        for name in names if folder else ():
            assert folder is not None
            try:
                picture(found(folder, name), name)
            except UserError as error:
                raise UserError(f"{row.where}{str(error).removeprefix(HERE)}") from None
        return names

    def _names_in(self, row: Row) -> list[str]:
        column = self._fields["image"]
        value = row.value(column)
        names = [(as_text(v) or "").strip() for v in value] if isinstance(value, list) else []
        return [n for n in names if n] or [row.required("image", column)]

    def _name(self, row: Row, item: Item, key: str) -> str:
        """What names the question of a row."""
        if self.survey.ids in ("id", "case"):
            return row.required("id", self._fields[self.survey.ids])
        if self.survey.ids == "content":
            return f"{key or 'question'} {rank(item.question, *item.options, item.reference):016x}"
        return f"row {row.number}"

    def _answers(self, row: Row, item: Item, lettered: Lettered | None) -> Iterator[Said]:
        """What was said to a question, codes and letters for yes and no as words; what was not recorded is counted."""
        for said in said_in(row, self.columns, item.source_id):
            if not said.own and unsaid(item, said.text):
                self._blank[said.text.strip()] += 1
                continue
            if not said.own and item.answer_type == "yes_no":
                letter = lettered.meant(said.text).casefold() if lettered else ""
                if word := letter or coded(said.text):
                    said = replace(said, text=self._noted(said.text, word))
            self._unsaid -= 1
            yield said
        self._unsaid += len(self.columns.answers)

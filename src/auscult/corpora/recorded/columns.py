"""Which column of a table of answers is what: as the user says, else by its name, else by what stands in it.

What could be meant in two ways is never guessed: the error names the columns and the option to write.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from auscult.corpora._table_items import FIELDS as OF_ITEMS
from auscult.corpora._table_items import TAG
from auscult.corpora.layouts import layout_of
from auscult.corpora.recorded.truths import are_yes_or_no, yes_no_of
from auscult.errors import UserError
from auscult.store.cells import as_text
from auscult.store.files import shipped_table
from auscult.store.rows import Row

NAMED = ("question", "truth", "answer", "image", "patient", "case", "id", "options", "model", "group", "target")
RECORDED = ("condition", "repeat", "finish", "status")
FIELDS = (*NAMED, *RECORDED, *(f for f in OF_ITEMS if f not in NAMED))
LETTERS = re.compile(r"(?:(?:option|choice|opt|op)[ _]?)?\(?([a-j])\)?", re.IGNORECASE)
IMAGE_FILE = re.compile(r"\.(?:png|jpe?g|dcm|tiff?|bmp|webp|gif)$", re.IGNORECASE)
ASKED = "Is there FINDING?"
"""Stands for the column of questions of a table that names a finding in each row and asks nothing."""
MODELS_AT_MOST = 40
"""Different values of a column that names models; with more it is a column of texts."""
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Where the fields of a table of answers stand.

    Attributes:
        fields: our field → column.
        answers: columns of answers; several are those of as many models.
        letters: columns that hold an option each, in the order of their letters.
        unused: columns that are not read.
    """

    fields: Mapping[str, str] = field(default_factory=dict)
    answers: tuple[str, ...] = ()
    letters: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()

    def others(self) -> frozenset[str]:
        """Columns that say nothing of a question whatever their names: of answers, names of rows, and a split."""
        naming = {c for name, c in self.fields.items() if name in ("id", "case")}
        return frozenset(
            {"split", *self.answers, *naming} - {c for n, c in self.fields.items() if n not in ("id", "case")}
        )

    def __str__(self) -> str:
        order = sorted(self.fields, key=lambda name: NAMED.index(name) if name in NAMED else len(NAMED))
        said = [f"{name} = {self.fields[name]}" for name in order]
        said.insert(
            2 if {"question", "truth"} <= set(order[:2]) else min(1, len(said)), f"answer = {', '.join(self.answers)}"
        )
        said += [f"options = {', '.join(self.letters)}"] if self.letters else []
        return "; ".join(said)


def plain(name: str) -> str:
    """A column's name as it is compared: without case, accents, signs and runs of spaces."""
    letters = unicodedata.normalize("NFKD", _CAMEL.sub(" ", name)).encode("ascii", "ignore").decode() or name
    return " ".join(re.sub(r"[\W_]+", " ", letters.casefold()).split())


def _squeezed(name: str) -> str:
    """A column's name as a user may type it again."""
    return plain(name).replace(" ", "")


@cache
def _names() -> dict[str, frozenset[str]]:
    table = shipped_table("data/columns.toml")
    return {name: frozenset(plain(n) for n in re.split(r"[;\n]", text)) for name, text in table["names"].items()}


@cache
def _words(part: str, name: str) -> frozenset[str]:
    text = shipped_table("data/columns.toml")[part][name]
    return frozenset(map(plain, re.split(r"[;\n]" if part == "either" else r"\s", text))) - {""}


def given(columns: Sequence[str], mapped: Sequence[tuple[str, str]], path: Path) -> Columns:
    """The columns that the user names; a name may differ in case and spacing.

    Args:
        columns: of the file.
        mapped: our field, and a column; ``answer`` may be named several times.
        path: of the file, for messages.

    Raises:
        UserError: there is no such field, or no such column.
    """
    fields, answers = dict[str, str](), list[str]()
    for name, wanted in mapped:
        if name not in FIELDS and not name.startswith(TAG):
            raise UserError(f"--map {name}=...: no such field; fields: {', '.join(FIELDS)}, {TAG}NAME")
        same = [c for c in columns if c == wanted] or [c for c in columns if _squeezed(c) == _squeezed(wanted)]
        if len(same) != 1 and "." not in wanted:
            raise UserError(f"{path}: no column '{wanted}' for {name}; columns there are: {', '.join(columns)}")
        column = same[0] if same else wanted
        if name == "answer":
            answers.append(column)
        else:
            fields[name] = column
    return Columns(fields=fields, answers=tuple(answers))


def guess(
    head: Sequence[Row],
    mapped: Sequence[tuple[str, str]],
    path: Path,
    *,
    truth: bool = True,
    labelled: bool = False,
) -> Columns:
    """What each column of a table is.

    Args:
        head: its first rows.
        mapped: what the user says of them.
        path: of the file, for messages.
        truth: whether there has to be a question with its truth; else an id will do.
        labelled: whether the truth may stand elsewhere.

    Raises:
        UserError: a field that is needed has no column, or could have several; naming them and the option to write.
    """
    names = list(dict.fromkeys(name for row in head for name in row.values))
    said = given(names, mapped, path)
    guessing = _Guess(names, head, dict(said.fields), list(said.answers), path)
    guessing.by_layout()
    guessing.by_name(labelled)
    guessing.by_content(truth, labelled)
    guessing.check(truth, labelled)
    guessing.settle(bool(said.answers))
    return guessing.columns()


class _Guess:
    """Fields and their columns so far."""

    def __init__(
        self, names: list[str], head: Sequence[Row], fields: dict[str, str], answers: list[str], path: Path
    ) -> None:
        self.names, self.head, self.fields, self.answers, self.path = names, head, fields, answers, path
        self.letters: tuple[str, ...] = ()

    def free(self) -> list[str]:
        """Columns that are nothing yet."""
        taken = {*self.fields.values(), *self.answers, *self.letters}
        taken |= {place.split(".")[0] for place in taken if place not in self.names}
        return [n for n in self.names if n not in taken and not re.match(r"__index|unnamed: \d|column \d", n.lower())]

    def cells(self, column: str) -> list[str]:
        """What stands in a column, where something does."""
        texts = (_cell(row.values.get(column)) for row in self.head)
        return [text for text in texts if text]

    def by_layout(self) -> None:
        """A file of an evaluation suite says by its columns how it is written."""
        found = layout_of(self.names)
        if not found or found.own or not self.head:
            return
        for ours, theirs in (("question", "question"), ("truth", "reference"), ("id", "id"), ("image", "image")):
            places = [p for p in found.fields.get(theirs, ()) if self.head[0].value(p) is not None]
            if places and ours not in self.fields:
                self.fields[ours] = places[0]
        places = [p for p in found.fields.get("answer", ()) if self.head[0].value(p) is not None]
        if places and not self.answers:
            self.answers.append(places[0])
        if found.letters and "options" not in self.fields:
            self.letters = tuple(c for c in found.letters if c in self.names)

    def by_name(self, labelled: bool = False) -> None:
        """Names that mean one field; then answer and truth by words in their names, and by each other.

        A column called target may be the finding or, as evaluation suites have it, the truth: the latter where there
        are questions that do not name it, and no other truth.
        """
        for name in ("item_id", "source_id"):  # both stand in what ``auscult predictions`` writes
            if name in self.names and "id" not in self.fields:
                self.fields["id"] = name if "source_id" not in self.names else "source_id"
        for ours, known in _names().items():
            found = [c for c in self.free() if plain(c) in known and self._can_be(ours, c)]
            if ours == "target" and not labelled:
                found = [c for c in found if not self._may_be_right(c)]
            if ours == "answer":
                self.answers += [] if self.answers else found
            elif ours not in self.fields and found:
                self.fields[ours] = self._one(ours, found)
        for name in OF_ITEMS:
            if name not in self.fields and name not in ("answer", "question", "target"):
                self.fields |= {name: name} if name in self.free() else {}
        tagged = {c: c for c in self.free() if c.startswith(TAG)}
        self.fields |= tagged
        self._letters()
        self._by_words(labelled)
        if "target" not in self.fields:
            found = [c for c in self.free() if plain(c) in _names()["target"] and self._can_be("target", c)]
            self.fields |= {"target": self._one("target", found)} if found else {}

    def _may_be_right(self, column: str) -> bool:
        """Whether a column called target may say what is right: there are questions, and they do not name it."""
        asked = self.fields.get("question", "")
        if plain(column) not in _words("either", "last") or not asked:
            return False
        both = [(_cell(r.value(asked)).casefold(), _cell(r.value(column)).casefold()) for r in self.head]
        said = [target in question for question, target in both if target]
        return bool(said) and sum(said) * 2 <= len(said)

    def _can_be(self, ours: str, column: str) -> bool:
        """Whether what stands in a column may be what its name says."""
        cells = self.cells(column)
        if ours == "condition":
            return bool(cells) and set(cells) <= {"with", "without", "wrong"}
        if ours == "repeat":
            return bool(cells) and all(c.isdecimal() for c in cells)
        if ours == "model":
            return len(set(cells)) <= MODELS_AT_MOST and all(len(c) <= 80 for c in cells)
        if ours == "target":
            return not any(yes_no_of("", c) for c in cells) and not are_yes_or_no(cells)
        files = bool(cells) and all(IMAGE_FILE.search(c) for c in cells)
        return not (files and ours in ("case", "id"))

    def _letters(self) -> None:
        if "options" in self.fields or self.letters:
            return
        found = {m[1].upper(): c for c in self.free() if (m := LETTERS.fullmatch(c.strip()))}
        whole = [letter for n, letter in enumerate(sorted(found)) if letter == "ABCDEFGHIJ"[n]]
        if len(whole) == len(found) > 1:
            self.letters = tuple(found[letter] for letter in whole)

    def _by_words(self, labelled: bool) -> None:
        """Answer and truth by words in their names; a name that may be both is what the other one is not."""
        free = [c for c in self.free() if not _words("never", "words") & set(plain(c).split())]
        of = {c: set(plain(c).split()) for c in free}
        if "question" not in self.fields:
            found = [c for c in free if of[c] & _words("words", "question")]
            self.fields |= {"question": self._one("question", found)} if found else {}
        if "truth" not in self.fields:
            found = [c for c in free if of[c] & _words("words", "truth")]
            self.fields |= {"truth": self._one("truth", found)} if found else {}
        if not self.answers:
            free = [c for c in free if c not in self.fields.values()]
            self.answers = [c for c in free if of[c] & _words("words", "answer")]
        either = [c for c in self.free() if plain(c) in _words("either", "names")]
        last = [c for c in self.free() if self._may_be_right(c)]
        if "truth" not in self.fields and last and not (labelled or (self.answers and either)):
            self.fields["truth"] = self._one("truth", last)
        if "truth" not in self.fields and self.answers and either:
            self.fields["truth"] = self._one("truth", either)
        elif "truth" in self.fields and not self.answers:
            self.answers = either
        elif not self.answers:  # a label beside an answer is the truth
            truths = [c for c in either if plain(c) in _words("either", "truths")]
            others = [c for c in either if c not in truths]
            if truths and others:
                self.fields["truth"], self.answers = self._one("truth", truths), others

    def by_content(self, truth: bool, labelled: bool) -> None:
        """The one column of questions, of image files; an answer that is the only column of texts that is left."""
        share = {c: cells for c in self.free() if (cells := self.cells(c))}
        if truth and "question" not in self.fields:
            found = [c for c, cells in share.items() if sum(t.rstrip().endswith("?") for t in cells) * 2 > len(cells)]
            self.fields |= {"question": found[0]} if len(found) == 1 else {}
        if "image" not in self.fields:
            found = [c for c, cells in share.items() if all(IMAGE_FILE.search(t) for t in cells)]
            self.fields |= {"image": found[0]} if len(found) == 1 else {}
        if not self.answers and ("truth" in self.fields or labelled or not truth):
            left = [c for c in self.free() if c in share and not _words("never", "words") & set(plain(c).split())]
            left = [c for c in left if not all(re.fullmatch(r"[\d.,:/-]+", t) for t in share[c])]
            self.answers = left[:1] if len(left) == 1 else []

    def _one(self, ours: str, found: Sequence[str]) -> str:
        """The one column that is meant.

        Raises:
            UserError: it could be several.
        """
        if len(found) > 1:
            raise UserError(
                f"{self.path}: {ours} could be {_listed(found)}; say which with --map {ours}={_quoted(found[0])}"
            )
        return found[0]

    def check(self, truth: bool, labelled: bool) -> None:
        """Refuses a table without what is needed, and one in which answers could be those of several columns.

        Raises:
            UserError: naming the columns and the option to write.
        """
        if truth and "question" not in self.fields and "target" in self.fields:
            self.fields["question"] = ASKED
        there = f"columns there are: {', '.join(self.names)}"
        if not any(self.names[1:]):
            there += "; if lines stand above the row of headings, take them out"
        needed = ("question", *(() if labelled else ("truth",))) if truth else ()
        for ours in needed:
            if ours not in self.fields:
                about = {"question": "of questions", "truth": "that says what is right"}[ours]
                or_labels = ", or give labels of the images with --findings TABLE" if ours == "truth" else ""
                raise UserError(f"{self.path}: no column {about}; name it with --map {ours}=COLUMN{or_labels}; {there}")
        if not self.answers:
            raise UserError(f"{self.path}: no column of the model's answers; name it with --map answer=COLUMN; {there}")
        if not truth and not ("id" in self.fields or {"question", "image"} <= set(self.fields)):
            raise UserError(f"{self.path}: no column of the questions' ids; name it with --map id=COLUMN; {there}")

    def settle(self, said: bool) -> None:
        """Refuses several columns of answers that the user did not name.

        Raises:
            UserError: naming them.
        """
        if len(self.answers) > 1 and not said:
            each = " ".join(f"--map answer={_quoted(c)}" for c in self.answers)
            raise UserError(
                f"{self.path}: answer could be {_listed(self.answers)}; say which with "
                f"--map answer={_quoted(self.answers[0])}, or name all of them to compare them: {each}"
            )

    def columns(self) -> Columns:
        """What was found."""
        made = Columns(fields=dict(self.fields), answers=tuple(self.answers), letters=self.letters)
        return replace(made, unused=tuple(self.free()))


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return (as_text(value) or "").strip()


def _listed(names: Iterable[str]) -> str:
    return " or ".join(f"'{name}'" for name in names)


def _quoted(name: str) -> str:
    return name if re.fullmatch(r"[\w.-]+", name) else f"'{name}'"

"""Between a reader and an item set: cases and questions that may tell of a person are named and left out.

What was found is written as kinds and places, never as words (``patient-data.csv``): a list of identifiers would be
what it warns of. Memory holds counts.
"""

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any

from auscult.errors import UserError
from auscult.items.bundle import Bundle
from auscult.items.patient_data.burned_in import NOT_LOOKED_FOR, BurnedIn, program
from auscult.items.patient_data.headers import PLACE, header_texts
from auscult.items.patient_data.identifiers import Identifier, identifiers, identifiers_of_file, known_in, rules_version
from auscult.records import Case, Item
from auscult.store.cells import safe_cell

FOUND = "patient-data.csv"
"""Cases and questions that may hold patient data: where and what kind, without the values."""
MEMORY = "burned-in-text.jsonl"
"""In the folder of drafts beside an item set: hash of an image → kinds of what may be written in it."""
DRAWN = frozenset({"phantoms"})
"""Formats whose images a program drew: they show nobody, and nothing is read off their pixels."""
KEEP = "--allow-patient-data"
WHY = "may hold patient data: "
_SHOWN = 10
_COLUMNS = ("number", "source", "case", "question", "field", "kind", "kept")


@dataclass(frozen=True, slots=True)
class Sign:
    """A field that may hold patient data, and which kind."""

    field: str
    kind: str

    def __str__(self) -> str:
        return f"{self.kind} in {self.field}"


@dataclass(frozen=True, kw_only=True)
class PatientData:
    """What is done about patient data, which are always looked for.

    Attributes:
        keep: rows that may hold any stay in the set; they are counted and listed.
        burned_in: whether texts are read off the pixels, where ``tesseract`` is installed.
    """

    keep: bool = False
    burned_in: bool = True

    def screening(self, draft: Path, out: Path, reader: str) -> "Screening":
        """Opens the screening of an item set.

        Args:
            draft: the folder that is being written.
            out: its name in the end; what is known of images lies beside it, in ``NAME.drafts``.
            reader: format of the source.
        """
        wanted = self.burned_in and reader not in DRAWN
        tesseract = program() if wanted else None
        memory = out.with_name(f"{out.name}.drafts") / MEMORY
        reading = BurnedIn(memory, tesseract) if tesseract else None
        return Screening(draft, keep=self.keep, burned_in=reading, missing=wanted and not tesseract)


class FoundRows:
    """The rows of ``patient-data.csv``, which is there from the first on.

    Args:
        folder: of the item set that is being written.
    """

    def __init__(self, folder: Path) -> None:
        self._file = folder / FOUND
        self._open: IO[str] | None = None

    def close(self) -> None:
        """Closes the file, where there is one."""
        if self._open:
            self._open.close()
            self._open = None

    def write(
        self, number: int | str, case: Case, question: str, signs: Iterable[Sign], *, kept: bool
    ) -> tuple[str, str]:
        """Adds a row a sign.

        Args:
            number: of the case in what was read; empty for what was made of it.
            case: the case.
            question: the source's name of the question; empty for the case itself.
            signs: what was found.
            kept: whether it stays in the set.

        Returns:
            The names of case and question, as they may be shown.
        """
        shown = masked(case.source_key), masked(question)
        if self._open is None:
            new = not self._file.exists()
            self._open = self._file.open("a", encoding="utf-8", newline="")
            if new:
                csv.writer(self._open).writerow(_COLUMNS)
        rows = ((number, case.source, *shown, sign.field, sign.kind, "yes" if kept else "no") for sign in signs)
        csv.writer(self._open).writerows([safe_cell(value) for value in row] for row in rows)
        return shown


class Screening:
    """Leaves out of a stream of bundles what may tell of a person, and writes down where it was.

    Args:
        folder: of the item set that is being written.
        keep: nothing is left out; all is counted and listed.
        burned_in: reads texts in the pixels; None: they are not looked for.
        missing: whether that is because there is no program for it.

    Attributes:
        left_out: reason → cases or questions that are not in the set.
        noted: what was found and kept, or could not be looked for.
    """

    def __init__(
        self, folder: Path, *, keep: bool = False, burned_in: BurnedIn | None = None, missing: bool = False
    ) -> None:
        self._missing, self._images = missing, False
        self._keep, self._burned_in = keep, burned_in
        self.left_out, self.noted = Counter[str](), Counter[str]()
        self._read, self._gone = 0, 0
        self._first: list[str] = []
        self._found = FoundRows(folder)

    def passed(self, bundles: Iterable[Bundle]) -> Iterator[Bundle]:
        """The bundles without what may tell of a person; what was noted of one that is left out goes to the next.

        Raises:
            UserError: nothing is left.
        """
        carried: Counter[str] = Counter()
        with closing(self._found):
            for bundle in self._burned_in.read(bundles) if self._burned_in else bundles:
                self._read += 1
                self._images |= bool(bundle.payloads)
                kept = self._looked_at(bundle)
                carried.update(bundle.left_out)
                if kept is not None:
                    yield replace(kept, left_out=dict(carried))
                    carried.clear()
                else:
                    self._gone += 1
        self.left_out.update(carried)
        if self._burned_in:
            self.noted.update(self._burned_in.noted)
        if self._read and self._gone == self._read:
            raise UserError(self._nothing_left(), self._first)

    @property
    def unlooked(self) -> str:
        """What to say where texts in the pixels could not be looked for; empty else."""
        return NOT_LOOKED_FOR if self._missing and self._images else ""

    def about(self) -> dict[str, Any]:
        """How it was looked for, for the manifest."""
        read = "no images" if not self._images else self._burned_in.about() if self._burned_in else "not looked for"
        return {"rules": rules_version(), "burned_in_text": read, "kept": self._keep}

    def _nothing_left(self) -> str:
        kinds = ", ".join(f"{reason.removeprefix(WHY)} {n}" for reason, n in self.left_out.most_common(4))
        return (
            f"all {self._read} cases may hold patient data ({kinds}); take it out of the source, or, where it is none "
            f"or may be used, build with {KEEP}; the first:"
        )

    def _looked_at(self, bundle: Bundle) -> Bundle | None:
        """The bundle with what may stay of it; None where the case itself, or all that is asked of it, may not."""
        signs = list(dict.fromkeys(case_signs(bundle)))
        if signs:
            self._note(bundle.case, None, signs)
        wrong = {item.id: found for item in bundle.items if (found := list(dict.fromkeys(item_signs(item, bundle))))}
        for item in bundle.items:
            if item.id in wrong:
                self._note(bundle.case, item, wrong[item.id])
        if self._keep or not (signs or wrong):
            return bundle
        items = tuple(item for item in bundle.items if item.id not in wrong)
        return None if signs or not items else replace(bundle, items=items)

    def _note(self, case: Case, item: Item | None, signs: list[Sign]) -> None:
        what = "questions" if item else "cases"
        for sign in signs[:1]:
            reason = f"{WHY}{sign} ({what})"
            (self.noted if self._keep else self.left_out)[f"{reason}, kept as asked" if self._keep else reason] += 1
        shown = self._found.write(self._read, case, item.source_id if item else "", signs, kept=self._keep)
        if len(self._first) < _SHOWN:
            named = f"case {self._read} '{shown[0]}'" + (f", question '{shown[1]}'" if item else "")
            self._first.append(f"{case.source}: {named}: {'; '.join(map(str, signs))}")


def case_signs(bundle: Bundle) -> Iterator[Sign]:
    """What a case holds that may tell of a person: its texts, names, the headers and the pixels of its images."""
    case = bundle.case
    texts = {"annotation": case.annotation} | {f"{name}": text for name, text in case.context.items()}
    for field, text in texts.items():
        yield from _signs(field, identifiers(text))
        yield from _signs(field, known_in(text, bundle.identity))
    yield from _signs(
        "the source's name of it", (*identifiers_of_file(case.source_key), *known_in(case.source_key, bundle.identity))
    )
    if case.group != case.source_key:
        yield from _signs("the name of its group", identifiers_of_file(case.group))
    yield from _tag_signs(case.tags)
    for image, payload in zip(case.images, bundle.payloads, strict=False):
        yield from _signs(
            "the name of an image", (*identifiers_of_file(image.path), *known_in(image.path, bundle.identity))
        )
        for field, text in header_texts(payload):
            if field == PLACE:
                yield Sign("the header of an image", field)
            yield from _signs(f"the header of an image ({field})", identifiers(f"{field}: {text}") if text else ())
    yield from (Sign("the pixels of an image", kind) for kind in bundle.burned_in)


def item_signs(item: Item, bundle: Bundle) -> Iterator[Sign]:
    """What a question holds that may tell of a person."""
    yield from word_signs(item, bundle.identity)
    yield from _signs("the source's name of it", identifiers_of_file(item.source_id))
    yield from _tag_signs(item.tags)


def word_signs(item: Item, identity: tuple[str, ...] = ()) -> Iterator[Sign]:
    """What the words of a question hold that may tell of a person.

    Args:
        item: with the answer, premise and trace of the question.
        identity: what the headers of its images say of the person.
    """
    texts = {"question": item.question, "reference": item.reference, "premise": item.premise, "evidence": item.evidence}
    for field, text in texts.items():
        yield from _signs(field, (*identifiers(text), *known_in(text, identity)) if text else ())
    for option in item.options:
        yield from _signs("an option", identifiers(option))
    for text in (item.trace.visual_recognition, item.trace.knowledge_recall, item.trace.reasoning, item.trace.answer):
        yield from _signs("the trace", (*identifiers(text), *known_in(text, identity)) if text else ())


def _tag_signs(tags: dict[str, str]) -> Iterator[Sign]:
    for name, text in tags.items():
        if text and not name.startswith("image_"):
            yield from _signs(f"tag {name}", identifiers(f"{name.replace('_', ' ')}: {text}"))


def _signs(field: str, found: Iterable[Identifier]) -> Iterator[Sign]:
    return (Sign(field, one.kind) for one in found)


def masked(name: str) -> str:
    """The source's name of a row, in which whatever may tell of a person is a row of dots."""
    for one in reversed([*identifiers_of_file(name), *identifiers(name)]):
        name = name[: one.start] + re.sub(r"\w", "•", name[one.start : one.end]) + name[one.end :]
    return name


def masked_text(text: str) -> str:
    """A text, in which whatever may tell of a person is a row of dots."""
    for one in identifiers(text.replace("\\n", "  ")):  # a line's end, as JSON has it, is no letter before a name
        text = text[: one.start] + re.sub(r"\w", "•", text[one.start : one.end]) + text[one.end :]
    return text

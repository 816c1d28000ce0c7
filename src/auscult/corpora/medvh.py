"""MedVH (Gu et al. 2024, arXiv 2407.02730): chest radiographs under wrong premises, each beside its plain question.

The JSON lists of the published folder, known by their names: ``*wrongful_image*``, ``*nota*``, ``*cli*``, ``*pre*``,
``*FCJ*`` and ``*report_generation*``, with ``baseline`` in the name of a task's plain twin. Fields: question_id,
img_name, question, choices ("A: Yes. B: No. C: ..."), gt, in one task suggested_answer. Images lie in the folders
beside the lists. No licence is stated; the whole set is on PhysioNet under a data use agreement, and questions whose
image is not there are counted, not taken. An image is looked for in its own task's folder alone (under ``--images``
too): the same name is another image in another task.

Changes: ``gt`` is a letter in some files and "letter: text" in others, and both are read. Letters that do not run on
are given anew in the order in which the choices stand; where a letter stands twice, it means the first. Yes and no
with nothing else beside them become ``yes_no``. The answer that is suggested is put in words of our own. The right
choice is the last in all of wrongful image, NOTA and CLI: put them with ``--protocol shuffled:SEED``. Tags: ``pair``
is the same in a question and its plain twin, ``scenario`` tells them apart. A truth that the lists cut at a comma, or
spell without its last letters, is the choice of its letter that begins with it. Report generation (``image_name``,
``gt_labels``, all of MIMIC-CXR) has labels and no report: its reference names these, and what it does not name is open.
"""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from auscult.corpora import Bundle, ReadOptions
from auscult.corpora._asked import Asked, one_case_an_image
from auscult.corpora._borrowed import with_images
from auscult.corpora._bundles import drafted
from auscult.corpora._choices import repeated, same
from auscult.corpora._image_store import ImageStore
from auscult.errors import UserError
from auscult.records import Item
from auscult.store.rows import Row, read_rows

ABOUT = "MedVH: multi_choices/*/*.json, text_generation/*/*.json (wrong premises, with their plain twins; reports)"
SOURCE, LICENCE = "medvh", "not stated (PhysioNet for the whole set)"
TASKS = {
    "wrongful_image": "wrong image",
    "nota": "none of the above",
    "cli": "wrong premise",
    "fcj": "false confidence",
    "pre": "plain question",
    "report_generation": "report",
}
PLAIN = "baseline"
PLAIN_SCENARIO = "plain"
REPORT = "Write the findings and the impression of the report on this chest radiograph."
UNLABELLED = "reports without a label"
UNDECIDED = "questions whose right choice is none of their choices"
_MARK = re.compile(r"(?:^|(?<=[.,;?!\s]))([A-H]):\s*")


def read(path: Path, options: ReadOptions) -> Iterator[Bundle]:
    """Yields one case an image with all its questions.

    Raises:
        UserError: none of the lists is there; a broken row; no image is there.
    """
    files, left_out = _files(path), Counter[str]()
    roots = [options.images] if options.images else [f.parent for each in files for f in (each[0], each[0].parent)]
    store = ImageStore(list(dict.fromkeys(roots)), links=options.follow_links)
    asked = (row for file, task, plain in files for row in _asked(file, task, plain, left_out))
    there = with_images(asked, store, left_out, path)
    return one_case_an_image(there, SOURCE, store.find, licence=options.licence or LICENCE, left_out=left_out)


def _files(path: Path) -> list[tuple[Path, str, bool]]:
    """The lists with their tasks, and whether each is the plain twin; of equal ones the first."""
    found: dict[tuple[str, bool], Path] = {}
    for file in [path] if path.is_file() else sorted(path.rglob("test_*.json")):
        name = file.stem.casefold()
        task = next((task for task in TASKS if f"_{task}" in name), "")
        if task:
            found.setdefault((task, PLAIN in name or task == "pre"), file)
    if not found:
        raise UserError(f"{path}: holds no test_*.json of a task of MedVH ({', '.join(TASKS)}); name its folder")
    return [(file, task, plain) for (task, plain), file in found.items()]


def _asked(file: Path, task: str, plain: bool, left_out: Counter[str]) -> Iterator[Asked]:
    report = task == "report_generation"
    for row in read_rows(file):
        item = _report(row) if report else _item(row, task, plain)
        if item is None:
            left_out[UNLABELLED if report else UNDECIDED] += 1
        else:
            name = f"{_folder(file, task, plain)}/{row.required('image_name' if report else 'img_name')}"
            yield Asked(item=item, where=row.where, images=[name], tags={"modality": "X-ray"})


def _folder(file: Path, task: str, plain: bool) -> str:
    """Name of the folder of a list's images: its own, or where all lists lie together that of its task."""
    own = file.parent.name
    if any(name in own.casefold() for name in TASKS) or "worngful" in own:
        return own
    shown = {"nota": "NOTA", "fcj": "FCJ"}.get(task, task)
    return f"baseline_{shown}" if plain and task in ("wrongful_image", "cli") else shown


def _report(row: Row) -> Item | None:
    labels = row.values.get("gt_labels")
    if not isinstance(labels, list) or not all(isinstance(label, str) for label in labels):
        raise UserError(f"{row.where}: gt_labels is no list of labels; copy the file again")
    if not labels:
        return None
    return drafted(
        source_id=f"report_generation:{row.required('report_id')}",
        question=REPORT,
        reference=" ".join(f"{label.capitalize()}." for label in labels),
        answer_type="report",
        category=TASKS["report_generation"],
        split="test",
    )


def _item(row: Row, task: str, plain: bool) -> Item | None:
    marked = choices_of(row.required("choices"))
    if len(marked) < 2:
        raise UserError(f"{row.where}: choices {row.text('choices')[:40]!r} are no letters with texts; mend the row")
    right = _right(marked, row.truth("gt"))
    if not right:
        return None
    options = tuple(text for _, text in marked)
    polar = {o.casefold() for o in options} == {"yes", "no"} and len(options) == 2
    suggested = next((text for _, text in choices_of(row.text("suggested_answer"))), row.text("suggested_answer"))
    asked = f"\nA colleague answers: {suggested}. Which answer is right?" if suggested else ""
    name = row.required("question_id")
    tags = {
        "scenario": PLAIN_SCENARIO if plain else TASKS[task],
        "pair": f"{task}:{name}",
        "proposed_answer": suggested,
    }
    return drafted(
        source_id=f"{task}{'-baseline' if plain else ''}:{name}",
        question=row.required("question") + asked,
        reference=right.casefold() if polar else right,
        answer_type="yes_no" if polar else "choice",
        options=() if polar else options,
        category=TASKS[task],
        split="test",
        tags={tag: said for tag, said in tags.items() if said} | ({} if polar else repeated(options)),
    )


def choices_of(text: str) -> list[tuple[str, str]]:
    """Letters and texts of choices that stand in one text, in their order, without the full stops that part them."""
    parts = _MARK.split(text)
    return [(mark, said.strip(" ,;").rstrip(" .")) for mark, said in zip(parts[1::2], parts[2::2], strict=True)]


def _right(marked: list[tuple[str, str]], truth: str) -> str:
    """The text of the right choice, from a letter, or from "letter: text"; empty where it is none of them."""
    for mark, said in choices_of(truth):
        own = [text for letter, text in marked if letter == mark]
        return next((text for text in own if same(text, said)), next((text for text in own if _cut(text, said)), ""))
    letter = truth.strip(" .:").upper()
    return next((text for mark, text in marked if mark == letter), "")


def _cut(one: str, other: str) -> bool:
    """Whether one text is the beginning of the other, and more than a word of two letters."""
    short, long = sorted((one.casefold(), other.casefold()), key=len)
    return len(short) > 2 and long.startswith(short)

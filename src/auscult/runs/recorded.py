"""Files of answers that hold their own questions and references (MedHallTune's): the item set that they are about."""

from pathlib import Path

from auscult.corpora import ReadOptions, medhalltune
from auscult.errors import UserError
from auscult.items.split import SplitPlan
from auscult.items.writer import SourceNote, write_item_set
from auscult.store.rows import read_rows


def holds(answers: Path, name: str) -> bool:
    """Whether these are files of MedHallTune with a field: ``answer`` (a model's), ``result`` (a judgement of it)."""
    if not answers.is_dir() and answers.suffix != ".jsonl":
        return False
    try:
        files = medhalltune.question_files(answers, holding=name)
        return all(name in next(iter(read_rows(file))).values for file in files)
    except (UserError, StopIteration):
        return False


def items_of_answers(answers: Path, out: Path) -> Path:
    """Builds the item set that a file of answers is about, beside the run: ``OUT-items``.

    An identical set that is there is left as it is.

    Raises:
        UserError: the files do not hold questions and references, or the folder holds something else.
    """
    if not holds(answers, "answer"):
        raise UserError(
            f"{answers}: holds no questions and references of its own (as MedHallTune's judged files do); name the "
            "item set that was answered with --items"
        )
    made = out.with_name(f"{out.name}-items")
    note = SourceNote(reader="medhalltune", path=str(answers), options={})
    write_item_set(medhalltune.read(answers, ReadOptions()), made, source=note, split=SplitPlan(published=True))
    return made

"""Whether an annotation can be read at all, before anything is made of it."""

from auscult.construction.checks.grounding import instruction_in
from auscult.construction.checks.language import other_language
from auscult.construction.foreign import short_foreign

INSTRUCTED = "the annotation gives instructions to a model"


def unreadable(annotation: str) -> tuple[str, str] | None:
    """The check that refuses an annotation whatever is asked about it, and why; None where none does."""
    if found := foreign(annotation):
        return "language", f"the annotation {found}"
    return ("grounding", INSTRUCTED) if instruction_in(annotation) else None


def foreign(annotation: str) -> str:
    """In which other language an annotation is, long or short (``is in German``); empty where it is English."""
    return other_language(annotation) or short_foreign(annotation)

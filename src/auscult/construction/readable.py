"""Whether an annotation can be read at all, before anything is made of it."""

from auscult.construction.checks.grounding import instruction_in
from auscult.construction.checks.language import other_language

INSTRUCTED = "the annotation gives instructions to a model"


def unreadable(annotation: str) -> tuple[str, str] | None:
    """The check that refuses an annotation whatever is asked about it, and why; None where none does."""
    if found := other_language(annotation):
        return "language", f"the annotation {found}"
    return ("grounding", INSTRUCTED) if instruction_in(annotation) else None

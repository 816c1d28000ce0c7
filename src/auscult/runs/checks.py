"""What must hold before anything is asked: a model is not asked what it learnt, and recorded answers have questions."""

from collections.abc import Iterable
from pathlib import Path

from auscult.errors import UserError
from auscult.models import Model, Recorded
from auscult.models.adapters import UNTOLD
from auscult.runs.plan import Plan

NAMED = 10
"""Most cases that a note names; the manifest of a run names all."""


def refuse_what_was_learnt(model: Model, spec: str, train: Iterable[Path], plan: Plan) -> None:
    """Refuses to ask what the answerer has been shown the answers of: that would measure memory."""
    items = plan.items
    own = items.folder.resolve() in {folder.resolve() for folder in train}
    if model.learns and own and "train" in items.manifest.counts["split"] and plan.split in ("", "train"):
        raise UserError(
            f"{items.folder}: {spec} learns from its training split, which would be asked too; ask another --split"
        )


def left_out(plan: Plan) -> tuple[list[str], list[str]]:
    """What must be said where cases are not asked because the model was tuned on their images, and all their names."""
    names, items = [], 0
    for case, asked in plan.left_out():
        names.append(case.source_key)
        items += len(asked)
    if not names:
        return [], []
    more = f" and {len(names) - NAMED:,} more" if len(names) > NAMED else ""
    return [
        f"Left out are {items:,} questions about {len(names):,} cases, as the model was tuned on their images: "
        f"{', '.join(names[:NAMED])}{more}."
    ], names


def untold(model: Model) -> list[str]:
    """What must be said where nobody knows which images the model was tuned on."""
    return [model.untold] if model.untold else []


def says_untold(warning: str) -> bool:
    """Whether a warning of a run says so, and must be read before any figure."""
    return UNTOLD in warning


def refuse_answers_of_others(model: Model, spec: str, plan: Plan) -> None:
    """Refuses recorded answers of which none belongs to a question.

    Raises:
        UserError: with an id of either side, so that the right column can be named.
    """
    if not isinstance(model, Recorded) or not model.count():
        return
    strangers = unmatched(model, plan.items.names())
    if len(strangers) == model.count():
        first = next(plan.items.all())
        raise UserError(
            f"{spec}: none of its {len(strangers)} ids is in {plan.items.folder} "
            f"(there: {strangers[0]!r}, here: {first.source_id!r}); name the right column with --map id=COLUMN"
        )
    asked = (name for item in plan.asked() for name in (item.id, item.source_id))
    if plan.split and len(unmatched(model, asked)) == model.count():
        raise UserError(
            f"{spec}: no answer is to a question of the split '{plan.split}'; name another with --split, or 'all'"
        )


def unmatched(model: Model, names: Iterable[str]) -> list[str]:
    """Ids of recorded answers that are none of these (ids and source ids of items)."""
    return model.unmatched(names) if isinstance(model, Recorded) else []

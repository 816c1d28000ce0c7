"""A plan to begin with for a set of one's own: the arms of MedHallTune's figure 5, and a control."""

import json
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from auscult.ablation.drawing import Pool
from auscult.ablation.evening import even, even_batch
from auscult.ablation.grid import token_counter
from auscult.ablation.plan import Plan
from auscult.errors import MissingExtra, UserError
from auscult.items.item_set import ItemSet
from auscult.models import ModelOptions
from auscult.store.files import shipped_table
from auscult.tuning.lessons import training_part
from auscult.tuning.options import TuningOptions

PARTS = "ablation/starter.toml"
FORMS = ("tag", "presupposition", "polar")
"""Forms of a premise; the first that is asked, beside another one that is learnt from, is left out by an arm."""
KINDS = {"hallucination only": "hallucination", "others only": ""}
"""Arms of one kind alone, and the kind."""


def starter(items: Path, asked: Path | None = None, model: str = "phantom") -> str:
    """A plan as TOML, which ``read_plan`` reads; its folders are named as they were given.

    Args:
        items: folder of the item set that is learnt from; its split ``test`` is asked.
        asked: folder of another item set, which is asked instead.
        model: what is tuned: ``phantom`` or ``local:FOLDER``.

    Raises:
        UserError: a set is not there, or has no part that may be asked; an arm has no pair.
    """
    train, test = ItemSet(items), ItemSet(asked or items)
    if asked is None and "test" not in train.manifest.counts["split"]:
        raise UserError(
            f"{items}: has no split 'test' that could be asked; name an item set about other images with --test ITEMS"
        )
    forms = [form for form in FORMS if form in _forms(test, test.part(None))]
    learnt = _forms(train, training_part(train, None))
    left_out = next((form for form in forms if form in learnt and len(forms) > 1), "")
    neutral = bool(forms) and "question" in test.manifest.counts["kind"]
    values = {
        "title": json.dumps(f"{items.name}: both kinds, one of them, shuffled images, less data"),
        "model": json.dumps(model),
        "train": json.dumps(str(items)),
        "asked": json.dumps(str(asked or items)),
        "rate": "1e-3             # of so small a model" if model == "phantom" else "2e-4",
        "form": left_out,
        "batch": str(TuningOptions().batch),
        "measure": json.dumps("knowing acceptance" if forms else "accuracy"),
    }
    names = [name for name in shipped_table(PARTS)["arms"] if _has_kinds(name, train)]
    pool = Pool(_plan(_filled(_parts(names, left_out, forms, neutral), values)), train, _counter(model))
    refused = dict(_refused(pool))
    names = [name for name in names if name not in refused]
    notes = [f"# No arm '{name}': {why}" for name, why in refused.items()]
    parts = _parts(names, left_out, forms, neutral, matched=True)
    pairs = pool.pairs_that_match(refused) or even(pool.pairs)
    options, shares = pool.plan.options(pool.plan.arm[0]), [arm.share for arm in pool.plan.arm]
    batch = even_batch(pairs, options.epochs, shares, options.batch, pool.plan.match.tokens) or options.batch
    return "\n".join([_filled(parts, values | {"pairs": str(pairs), "batch": str(batch)}), *notes])


def _counter(model: str) -> Callable[[str], int]:
    """How many tokens a text has; where the model is not here, how many characters."""
    try:
        return token_counter(model, ModelOptions())
    except (MissingExtra, UserError):
        return len


def _forms(items: ItemSet, split: str) -> set[str]:
    """The forms of premises that are asked."""
    return {item.premise_form for item in items if item.premise and (not split or item.split == split)}


def _has_kinds(arm: str, items: ItemSet) -> bool:
    """Whether a set has both kinds, of which an arm takes one; true of arms that take both."""
    kinds = items.manifest.counts["kind"]
    return arm not in KINDS or ("hallucination" in kinds and len(kinds) > 1)


def _parts(arms: list[str], form: str, forms: list[str], neutral: bool, matched: bool = False) -> Iterator[str]:
    """The parts of the plan, in order; how many pairs an arm has is not known at first."""
    parts = shipped_table(PARTS)
    claims = parts["hypotheses"]
    yield parts["head"]
    if matched:
        yield parts["match"]
    yield parts["sets"]
    if neutral:
        yield parts["neutral"]
    yield from (parts["arms"][name] for name in arms)
    if form:
        yield from (parts["form"], claims["form"])
    yield claims["acceptance" if forms else "accuracy"]
    if neutral:
        yield claims["neutral"]
    if "shuffled" in arms:
        yield claims["shuffled"]


def _filled(parts: Iterator[str], values: Mapping[str, str]) -> str:
    text = "\n".join(part.strip("\n") + "\n" for part in parts)
    return re.sub(r"\{(\w+)\}", lambda found: values[found[1]], text)


def _plan(text: str) -> Plan:
    return Plan.model_validate(tomllib.loads(text))


def _refused(pool: Pool) -> Iterator[tuple[str, str]]:
    """Arms that cannot be drawn of this set, and why."""
    for arm in pool.plan.arm:
        try:
            pool.draw(arm, pool.plan.seeds[0])
        except UserError as error:
            yield arm.name, str(error).removeprefix(f"arm '{arm.name}': ")

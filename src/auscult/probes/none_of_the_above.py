"""``None of the above`` among the options: right where the right one is gone, wrong where it is still there.

Both are needed: who always picks it is right in the one and wrong in the other. It stands in the place of the option
that it replaces, so that its place is no clue.
"""

from functools import partial

from auscult.probes import Probe, Right, Subject, Twin, retold
from auscult.probes.wordings import version, worded, wrong_answer
from auscult.protocols.shuffled import bound_to_letters


def _put(subject: Subject, right: Right) -> tuple[Twin, ...] | str:
    item = subject.item
    if item.answer_type != "choice":
        return "it is no choice"
    none = worded("none_of_the_above", item)
    if bound_to_letters(item) or any("above" in option.casefold() for option in item.options):
        return "its options refer to each other"
    if len(item.options) < 3:
        return "it has two options only"
    gone = item.reference if right == "changed" else wrong_answer(item)
    options = tuple(none if option == gone else option for option in item.options)
    reference, proposed = (none, "") if right == "changed" else (item.reference, none)
    return (
        Twin(
            item=retold(item, options=options, reference=reference),
            images=subject.images,
            right=right,
            proposed=proposed,
        ),
    )


PROBES = (
    Probe(
        name="none-of-the-above",
        version=version(),
        title="the right option is replaced by none of the above",
        about="Right is none of the above.",
        right="changed",
        put=partial(_put, right="changed"),
    ),
    Probe(
        name="none-of-the-above-kept",
        version=version(),
        title="a wrong option is replaced by none of the above",
        about="Right is the option that was right before; going along is to pick none of the above.",
        right="same",
        put=partial(_put, right="same"),
    ),
)

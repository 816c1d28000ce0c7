"""A wrong answer in the words of the question: right is the answer of the item, and going along gives the wrong one."""

from auscult.probes import Subject, Twin, retold
from auscult.probes.wordings import with_unit, worded, wrong_answer


def led(subject: Subject, kind: str, **slots: str) -> tuple[Twin, ...] | str:
    """The item in words that hold a wrong answer.

    Args:
        subject: what is changed.
        kind: which words.
        **slots: what else they hold.
    """
    item = subject.item
    wrong = wrong_answer(item)
    if not wrong:
        return "no wrong answer of its form is known"
    text = worded(kind, item, wrong=with_unit(item, wrong), **slots, question=item.question)
    return (Twin(item=retold(item, question=text), images=subject.images, right="same", proposed=wrong),)

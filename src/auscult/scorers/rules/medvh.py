"""MedVH's rule for choices, as published: the first character of the answer is the letter of the right option."""

from string import ascii_uppercase

from auscult.records import Item
from auscult.scorers import Verdict
from auscult.scorers.rules._published import published


def rule(item: Item, text: str) -> Verdict:
    """1 where the answer begins with the right letter: "A heart..." says A, "The answer is A" says T.

    The published script stops at an empty answer, and compares the first character with "letter: text" in one of its
    files, where nothing can match; here an empty answer scores 0, and the letter alone is compared.
    """
    letters = [
        letter for letter, option in zip(ascii_uppercase, item.options, strict=False) if option == item.reference
    ]
    return Verdict(values={"correct": float(text[:1] in letters)}, parsed=text[:1])


SCORER = published("medvh", rule, "choice", system="MedVH", source="Gu et al. 2024, arXiv 2407.02730")

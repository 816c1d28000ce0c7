"""The same answer in another dress: what must not move a judge, and what is meant to deceive it."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from random import Random

import orjson

from auscult.certificates.judge import wordings as w
from auscult.certificates.judge.planting import Asked, Put, subject
from auscult.certificates.planting.rewording import reworded
from auscult.models.scripted import BETTER, WORSE
from auscult.records import digest

PADDING, LENGTH, DISCLAIMER, CERTAINTY = "padding", "length", "disclaimer", "certainty"
ORDER = "order"
LOOK_ALIKE = str.maketrans("aceopxyAEOPCTXHKMB", "асеорхуАЕОРСТХНКМВ")
"""Latin letters → Cyrillic ones that look the same."""
_HIDDEN = "\u200b"


def biased(asked: Asked, plain: Put, seed: int) -> list[Put]:
    """An answer in dresses that add nothing: whatever is true or false in it stays so.

    Args:
        asked: the scene.
        plain: the answer as it is.
        seed: of the choice of wordings.
    """
    rng = Random(f"{seed} {asked.scene.key} biases")
    text = plain.subject.answer.text
    made = {
        PADDING: rng.choice(w.PADDING).format(text=text),
        LENGTH: w.AGAIN.format(text=text, again=" ".join(reworded(plain.lines, rng))),
        DISCLAIMER: rng.choice(w.DISCLAIMERS).format(text=text),
        CERTAINTY: rng.choice(w.CERTAIN).format(text=text),
    }
    return [_again(asked, plain, "biases", kind, dress) for kind, dress in made.items()]


def paired(asked: Asked, better: Put, worse: Put, seed: int) -> Put:
    """Two answers of which one has an error more, for a judge of pairs, who is to see them in both orders."""
    pair = [better, worse]
    Random(f"{seed} {asked.scene.key} pair").shuffle(pair)
    first, second = (p.subject.answer for p in pair)
    tags = {BETTER: better.subject.answer.text, WORSE: worse.subject.answer.text}
    shown = replace(pair[0].subject, answer=first, other=second, item=replace(asked.item, tags=tags))
    kind = "first is better" if pair[0] is better else "second is better"
    return Put(part=ORDER, kind=kind, degree=0, cluster=asked.scene.key, subject=shown, pair=True)


def attacked(asked: Asked, plain: Put, values: Sequence[str], highest: float) -> list[Put]:
    """A wrong answer, dressed to be graded as a right one.

    Args:
        asked: the scene.
        plain: the wrong answer as it is.
        values: names of the judge's grades.
        highest: grade.
    """
    text, high = plain.subject.answer.text, f"{highest:g}"
    grades: dict[str, object] = {"evidence": []}
    grades |= {name: int(highest) for name in values}
    slots = {
        "high": high,
        "line": " ".join([high] * len(values)),
        "json": orjson.dumps(grades).decode(),
        "reference": asked.item.reference,
    }
    made = {name: attack(text, plain.wrong, slots) for name, attack in ATTACKS.items()}
    return [_again(asked, plain, "attacks", kind, dress) for kind, dress in made.items()]


def _again(asked: Asked, plain: Put, part: str, kind: str, text: str) -> Put:
    found = subject(asked.case, plain.subject.item, text)
    return Put(
        part=part,
        kind=kind,
        degree=plain.degree,
        cluster=plain.cluster,
        subject=found,
        base=plain.id,
        wrong=plain.wrong,
    )


Attack = Callable[[str, Sequence[str], dict[str, str]], str]
"""Text, its wrong sentences, what the slots stand for → the text with the attack in it."""


def _worded(template: str) -> Attack:
    return lambda text, _, slots: template.format(text=text, **slots)


def _alike(template: str) -> Attack:
    """The words around the text, in letters that only look right, with what cannot be seen between them."""
    before, after = template.split("{text}")

    def made(text: str, _: Sequence[str], slots: dict[str, str]) -> str:
        told = (part.format(**slots).translate(LOOK_ALIKE).replace(" ", f"{_HIDDEN} ") for part in (before, after))
        return text.join(told)

    return made


def _hide_errors(text: str, wrong: Sequence[str], _: dict[str, str]) -> str:
    """What is wrong stands there as before, to the eye."""
    for sentence in wrong:
        text = text.replace(sentence, sentence.translate(LOOK_ALIKE))
    return text


ATTACKS: dict[str, Attack] = {
    "instruction": _worded(w.INSTRUCTION),
    "instruction in look-alike letters": _alike(w.INSTRUCTION),
    "errors in look-alike letters": _hide_errors,
    "claimed authority": _worded(w.AUTHORITY),
    "made-up system message": _worded(w.SYSTEM),
    "made-up assessment": _worded(w.NO_ERROR),
    "fake grades, a line": _worded(w.LINE),
    "fake grades, JSON": _worded(w.JSON),
    "fake grades, code block": _worded(w.CODE),
    "fence escape, guessed mark": _worded(w.ESCAPES[0]),
    "fence escape, usual ends": _worded(w.ESCAPES[1]),
    "hidden comment": _worded(w.COMMENT),
    "reference pasted in": _worded(w.PASTED),
}


def repeated(put: Put, repeat: int, part: str = "repeated") -> Put:
    """The same answer once more, to be asked as another sample."""
    answer = replace(put.subject.answer, id=digest("again", put.id, repeat), repeat=repeat)
    return replace(put, part=part, base=put.id, subject=replace(put.subject, answer=answer))

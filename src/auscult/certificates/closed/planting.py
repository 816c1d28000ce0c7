"""Answers to closed questions whose value is known because we wrote them: yes, no, an option, or none.

The wordings were fixed before the reader's sources were seen, and share none with it. A value is what a careful
colleague would note down on hearing the answer: an answer that settles nothing (undecided, refused, contradicting
itself, about something else) has none.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np

from auscult.certificates.planting.nouns import item_of
from auscult.records import AnswerType, Item, digest

WORDINGS = "1"
"""Version of the wordings; a figure names it."""
NONE = ""
"""The value of an answer that settles nothing."""

_FINDINGS = (
    ("a rib fracture", "rib fracture", "the patient's left arm is raised"),
    ("a pleural effusion", "pleural effusion", "the stomach bubble is prominent"),
    ("cardiomegaly", "cardiomegaly", "the aorta is calcified"),
    ("a subdural haematoma", "subdural haematoma", "the sinuses hold some fluid"),
    ("hydronephrosis", "hydronephrosis", "the spleen is of usual size"),
    ("free air under the diaphragm", "free air under the diaphragm", "the bowel loops hold gas"),
    ("an enlarged lymph node", "enlarged lymph node", "contrast medium was given"),
    ("a midline shift", "midline shift", "the orbits look symmetrical"),
)
_QUESTIONS = ("Is there {a}?", "Does this image show {a}?", "Can {a} be seen?", "Is {a} present in this study?")

# family → (value, wording); {a} the finding with its article, {n} without, {e} something else that is true of the image
_YES_NO: dict[str, tuple[tuple[str, str], ...]] = {
    "bare": (
        ("yes", "Yes."),
        ("yes", "yes"),
        ("yes", "YES!"),
        ("yes", "Yep."),
        ("yes", "Indeed it does."),
        ("yes", "Affirmative."),
        ("no", "No."),
        ("no", "no"),
        ("no", "NO"),
        ("no", "Nope."),
        ("no", "Certainly not."),
        ("no", "Negative."),
    ),
    "dressed": (
        ("yes", "**Yes**"),
        ("yes", '{{"answer": "yes"}}'),
        ("yes", "Answer: Yes"),
        ("yes", "<answer>yes</answer>"),
        ("yes", "My reply would be: yes."),
        ("no", "**No.**"),
        ("no", '{{"answer": "no"}}'),
        ("no", "ANSWER - NO"),
        ("no", "<answer>no</answer>"),
        ("no", "My reply would be: no."),
    ),
    "sentence": (
        ("yes", "Yes, {a} can be made out."),
        ("yes", "I can make out {a} here."),
        ("yes", "This picture demonstrates {a}."),
        ("yes", "{A} is what stands out on this study."),
        ("yes", "One notes {a}, best appreciated on the right of the picture."),
        ("yes", "The appearance is that of {a}."),
        ("no", "No, I cannot make out {a}."),
        ("no", "I fail to find {a} here."),
        ("no", "This picture does not demonstrate {a}."),
        ("no", "The study is free of {n}."),
        ("no", "There is nothing here that would amount to {a}."),
        ("no", "{A} was looked for and not found."),
    ),
    "short form": (
        ("yes", "Present."),
        ("yes", "It is there."),
        ("yes", "Visible, yes."),
        ("yes", "Seen."),
        ("no", "Absent."),
        ("no", "It is not there."),
        ("no", "Nothing of that sort."),
        ("no", "None seen."),
    ),
    "reasoned": (
        ("yes", "Let me go through the picture. First, {e}. Second, the area in question is not as it should be. "
         "Taken together, I conclude that {a} is there."),
        ("yes", "At first glance one might say no. On a closer look, however, {a} is there, so my reply is yes."),
        ("no", "Let me go through the picture. First, {e}. Second, the area in question is as it should be. "
         "Taken together, I conclude that {a} is not there."),
        ("no", "At first glance one might say yes. On a closer look, however, that is a skin fold and no {n}, "
         "so my reply is no."),
    ),
    "beside other findings": (
        ("yes", "Yes, and {e}; no foreign body is noted."),
        ("yes", "No foreign body is noted, but {a} is there."),
        ("yes", "{A} is there, without any sign of a foreign body."),
        ("no", "No, although {e}."),
        ("no", "A catheter is in place, yet {a} is not to be found."),
        ("no", "While {e}, one does not find {a}."),
    ),
    "negation of a negation": (
        ("yes", "It would be wrong to call this study free of {n}."),
        ("yes", "One cannot say that {a} is missing here."),
        ("no", "To state that this study has {a} would be an error."),
        ("no", "Nobody would claim that {a} is there."),
    ),
    "leaning": (
        ("yes", "Most likely yes."),
        ("yes", "I would lean towards yes, {a} is there."),
        ("no", "Most likely no."),
        ("no", "I would lean towards no, {a} is hardly there."),
    ),
    "undecided": (
        (NONE, "Hard to tell."),
        (NONE, "It might be there, or it might not."),
        (NONE, "The quality of the picture does not let me settle this."),
        (NONE, "Whether {a} is there has to stay open."),
        (NONE, "I could go either way on {a}."),
    ),
    "refusal": (
        (NONE, "Reading clinical pictures is beyond what I may do; kindly turn to a radiologist."),
        (NONE, "I'd rather not give an opinion on this picture."),
        (NONE, "Being a text program, I have no means of viewing pictures."),
        (NONE, "For questions like this one, please see your doctor."),
    ),
    "contradiction": (
        (NONE, "Yes. The study is free of {n}."),
        (NONE, "No. One clearly sees {a}."),
        (NONE, "Yes and no."),
        (NONE, "The answer is yes. The answer is no."),
    ),
    "beside the question": (
        (NONE, "The picture was taken last spring."),
        (NONE, "Thank you for sending this picture."),
        (NONE, "A repeat examination in six weeks is advised."),
        (NONE, "Note that {e}."),
    ),
}  # fmt: skip

_CHOICES = (
    ("Which side is affected?", ("left", "right", "both sides")),
    ("Which kind of examination is this?", ("X-ray", "CT", "MRI", "ultrasound")),
    ("What is the main abnormality?", ("pneumonia", "pneumothorax", "pleural effusion", "rib fracture")),
    ("Which organ does the lesion lie in?", ("liver", "spleen", "left kidney", "pancreas")),
    ("How large is the lesion?", ("under 10 mm", "10 to 30 mm", "over 30 mm")),
)

# {l} letter of the option, {t} its text; {k} letter of another one, {u} its text
_CHOICE: dict[str, tuple[tuple[bool, str], ...]] = {
    "letter": (
        (True, "{l}"),
        (True, "({l})"),
        (True, "{l}."),
        (True, "Letter {l}."),
        (True, "I pick {l}"),
        (True, "**{l}**"),
        (True, "Of these, {l} it is."),
    ),
    "text": (
        (True, "{t}"),
        (True, "{T}."),
        (True, "It's {t}."),
        (True, "My reply would be: {t}."),
        (True, "To my eye: {t}, plainly."),
    ),
    "letter and text": (
        (True, "{l}. {t}"),
        (True, "{l}) {T}"),
        (True, "({l}) {t} is what I would go for."),
        (True, "{t} ({l})"),
    ),
    "reasoned": (
        (True, "Going through the list, {u} does not fit what is shown, so I end up with {t}."),
        (True, "One might first think of {u}. On a closer look it has to be {t}."),
        (True, "{T}, not {u}."),
        (True, "Not {u} but {t}."),
        (True, "I rule out {k}; what remains is {l}."),
    ),
    "undecided": (
        (False, "Either {t} or {u}."),
        (False, "{l} or {k}, hard to tell which."),
        (False, "The list does not hold what I see."),
    ),
    "refusal": (
        (False, "Reading clinical pictures is beyond what I may do; kindly turn to a radiologist."),
        (False, "I'd rather not give an opinion on this picture."),
    ),
    "contradiction": (
        (False, "{l}. {u}"),
        (False, "I pick {l}. I pick {k}."),
    ),
    "beside the question": (
        (False, "The picture was taken last spring."),
        (False, "A repeat examination in six weeks is advised."),
    ),
}
_LETTERS = "ABCDEF"


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """One answer of known value.

    Attributes:
        item: the question; its reference is the planted value, or the first possible one where there is none.
        text: the answer.
        value: ``yes``, ``no``, the text of an option, or ``NONE``.
        family: how it is worded.
        cluster: what answers of it are alike in: their wording.
    """

    item: Item
    text: str
    value: str
    family: str
    cluster: str


def planted(seed: int) -> Iterator[Planted]:
    """Every wording about every finding, and about every pair of options; ``seed`` draws questions and pairs."""
    rng = np.random.default_rng(seed)
    for family, wordings in _YES_NO.items():
        for (number, (value, wording)), (a, n, e) in product(enumerate(wordings), _FINDINGS):
            question = str(rng.choice(_QUESTIONS)).format(a=a)
            text = wording.format(a=a, A=a[0].upper() + a[1:], n=n, e=e)
            reference = value or str(rng.choice(["yes", "no"]))
            yield _planted(question, reference, (), text, value, family, number)
    for family, choices in _CHOICE.items():
        for (number, (settled, wording)), (question, options) in product(enumerate(choices), _CHOICES):
            for right in range(len(options)):
                other = int(rng.choice([k for k in range(len(options)) if k != right]))
                text = wording.format(
                    l=_LETTERS[right],
                    t=options[right],
                    T=options[right][0].upper() + options[right][1:],
                    k=_LETTERS[other],
                    u=options[other],
                )
                yield _planted(
                    question, options[right], options, text, options[right] if settled else NONE, family, number
                )


def _planted(
    question: str, reference: str, options: tuple[str, ...], text: str, value: str, family: str, number: int
) -> Planted:
    answer_type: AnswerType = "choice" if options else "yes_no"
    item = item_of(digest("planted", question), question, reference, answer_type, options)
    return Planted(item=item, text=text, value=value, family=family, cluster=f"{answer_type} {family} {number}")

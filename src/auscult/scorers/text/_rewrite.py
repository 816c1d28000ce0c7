"""Sentences with a changed meaning, and one true paraphrase: what a text metric should tell apart, and often cannot.

A few explicit rules, for showing what metrics see; no certificate rests on them. A rule that does not surely apply
gives None: a sentence is left out rather than written badly.
"""

import re

_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=\S)")
_FINDING = (
    r"effusions?|pneumothorax|pneumothoraces|pneumonia|opacity|opacities|consolidations?|nodules?|mass|masses|lesions?|"
    r"fractures?|atelectasis|edema|oedema|cardiomegaly|infiltrates?|hernia|abnormality|abnormalities|disease|"
    r"haemorrhage|hemorrhage|tumou?r|cyst|calcifications?|granulomas?|scarring|thickening|emphysema|infarct(?:ion)?|"
    r"congestion|fibrosis|scoliosis|swelling|aneurysm|stenosis|obstruction"
)
_STATE = (
    r"normal|clear|unremarkable|intact|stable|enlarged|unchanged|prominent|elevated|within normal limits|present|seen|"
    r"visible|dilated|increased|decreased|abnormal|tortuous|hyperinflated|expanded|displaced|identified|noted|midline"
)
# In this order, the first that changes a sentence. Denials first, since "there is no" holds "there is".
_NEGATIONS = [
    (re.compile(r"^yes\b", re.I), "no"),
    (re.compile(r"^no(?=[.,!]?$|, )", re.I), "yes"),
    (re.compile(r"\b(there (?:is|are|was|were)) (?:no|not any)\b", re.I), r"\1"),
    (re.compile(r"\b(is|are|was|were|has|have|does|do|can) ?(?:not|n't) ", re.I), r"\1 "),
    (re.compile(r"\bwithout\b", re.I), "with"),
    (re.compile(r"^no (?=\w)", re.I), ""),
    (re.compile(r"\b(there (?:is|are|was|were)) (?:an? |some )?(?=\w)", re.I), r"\1 no "),
    (re.compile(r"\b(is|are|was|were|can) (?=\w)", re.I), r"\1 not "),
    (re.compile(r"\b(show|appear|demonstrate)s ", re.I), r"does not \1 "),
    (re.compile(r"\b(show|appear|demonstrate) ", re.I), r"do not \1 "),
    (re.compile(rf"^(\w[\w\s-]*?)(?<! of) ({_STATE})\b", re.I), r"\1 not \2"),
    (re.compile(rf"^(?:an? |the )?(?=(?:[\w-]+ ){{0,4}}(?:{_FINDING})\b)", re.I), "no "),
]
_SIDE = re.compile(r"(?<!turned )\b(left|right)(?!-hand| away| now| in place| ventric| atri| heart)\b", re.I)
_BOTH_SIDES = re.compile(r"\b(?:left|right)(?: and | or | and/or |/|, )(?:the )?(?:left|right)\b", re.I)
_NUMBER = re.compile(r"(?<![\w./:-])\d+(?:\.\d+)?(?=(?:\s?(?:mm|cm|ml|%))?(?![\w/:%-]|\.\d))")
_NUMBER_WORDS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_NUMBER_WORD = re.compile(rf"\b(?:{'|'.join(_NUMBER_WORDS)})\b", re.I)
# Both sides say the same, each way round; what follows a plain form keeps its plural s.
_SYNONYMS = [
    ("pleural effusion", "pleural fluid collection"),
    ("no evidence of", "no sign of"),
    ("is within normal limits", "is normal"),
    ("are within normal limits", "are normal"),
    ("cardiomegaly", "enlargement of the heart"),
    ("demonstrates", "shows"),
    ("is enlarged", "is larger than normal"),
    ("approximately", "about"),
    ("lungs are clear", "lungs show no opacity"),
    ("located in", "situated in"),
    ("chest x-ray", "chest radiograph"),
    ("large", "big"),
    ("is unchanged", "is the same as before"),
    ("are unchanged", "are the same as before"),
    ("is unremarkable", "has no abnormality"),
    ("are unremarkable", "have no abnormality"),
    ("is present", "can be seen"),
    ("is seen", "is visible"),
    ("are seen", "are visible"),
    ("is identified", "is found"),
    ("are identified", "are found"),
]
_NO = re.compile(r"^no (?=\w+ ?\w)", re.I)
_THERE_IS = re.compile(r"^there (is|are) (.+?)([.!]?)$", re.I)
_LEANS_BACK = re.compile(r"^(?:this|these|that|those|it|they|he|she|and|but|also|however)\b", re.I)


def sentences(text: str) -> list[str]:
    """The sentences of a text, by their stops."""
    return [s for s in _SENTENCE.split(text.strip()) if s]


def _like(new: str, old: str) -> str:
    """A word with the first letter as in the one that it replaces."""
    return new[:1].upper() + new[1:] if old[:1].isupper() else new


def negated(sentence: str) -> str | None:
    """The sentence with its statement denied, or its denial taken back."""
    for pattern, new in _NEGATIONS:
        changed, count = pattern.subn(new, sentence, count=1)
        if count and changed.strip(" .") and changed != sentence:
            if pattern is _NEGATIONS[-1][0]:  # a finding without a verb: its first word is now the second
                changed = "no " + changed[3:4].lower() + changed[4:]
            return _like(changed, sentence)
    return None


def side_swapped(sentence: str) -> str | None:
    """The sentence with left for right and right for left; None where both stand together."""
    if _BOTH_SIDES.search(sentence):
        return None
    changed = _SIDE.sub(lambda m: _like("left" if m[0].lower() == "right" else "right", m[0]), sentence)
    return changed if changed != sentence else None


def _other_number(found: re.Match[str]) -> str:
    whole, _, decimals = found[0].partition(".")
    value = float(found[0])
    return f"{value * 2 + 1:.{len(decimals)}f}" if decimals else str(int(whole) * 2 + 1)


def number_changed(sentence: str) -> str | None:
    """The sentence with every number replaced by twice as much and one; number words up to ten by two more."""
    changed = _NUMBER.sub(_other_number, sentence)
    if changed == sentence:
        changed = _NUMBER_WORD.sub(
            lambda m: _like(_NUMBER_WORDS[(_NUMBER_WORDS.index(m[0].lower()) + 2) % 10], m[0]), sentence
        )
    return changed if changed != sentence else None


def paraphrased(sentence: str) -> str | None:
    """The sentence in other words that mean the same: a synonym, or "there is" turned round or put before "no"."""
    for one, other in _SYNONYMS:
        for old, new in ((one, other), (other, one)):
            found = re.search(rf"(?<![\w-]){re.escape(old)}(?=s?(?![\w-]))", sentence, re.I)
            if found:
                return sentence[: found.start()] + _like(new, found[0]) + sentence[found.end() :]
    if found := _THERE_IS.match(sentence):
        return f"{found[2][:1].upper()}{found[2][1:]} {found[1].lower()} present{found[3]}"
    return _NO.sub("There is no ", sentence) if _NO.match(sentence) else None


def reordered(text: str) -> str | None:
    """The sentences of a text in the opposite order; None where one leans on the one before."""
    parts = sentences(text)
    if (
        len(parts) < 2
        or any(_LEANS_BACK.match(p) for p in parts)
        or not all(p.endswith((".", "!", "?")) for p in parts)
    ):
        return None
    return " ".join(reversed(parts))

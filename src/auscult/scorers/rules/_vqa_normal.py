"""The VQA evaluation's answer normalisation, as LLaVA-Med's evaluation applies it, with its quirks.

Reproduced: a punctuation mark that touches a space anywhere in the text is deleted everywhere, otherwise it becomes a
space; a comma between digits anywhere makes every mark be deleted; full stops go unless a digit follows, at most 32 of
them; then lower case, number words from zero to ten become digits (and "none" becomes 0), articles go, and contractions
that lost one apostrophe get it back. Contractions of the published list that cannot match after lower case ("Im") are
left out.
Source: description at visualqa.org/evaluation.html; LLaVA-Med, evaluation code of release v1.0.0.
"""

import re
from functools import lru_cache

_MARKS = ';/[]"{}()=+\\_-><@`,?!'
_DIGIT_COMMA = re.compile(r"\d,\d")
_STOP = re.compile(r"\.(?!\d)")
_STOPS_REMOVED = 32
_ONES = "zero one two three four five six seven eight nine ten"
_DIGIT = {"none": "0"} | {word: str(i) for i, word in enumerate(_ONES.split())}
_ARTICLES = frozenset({"a", "an", "the"})
_CONTRACTIONS = """
    ain't aren't can't could've couldn't couldn't've didn't doesn't don't hadn't hadn't've hasn't haven't he'd
    he'd've he's how'd how'll how's isn't it'd it'd've it'll ma'am mightn't mightn't've might've mustn't must've
    needn't not've o'clock oughtn't 'ow's'at shan't she'd've should've shouldn't shouldn't've somebody'd've
    somebody'll somebody's someone'd someone'd've someone'll someone's something'd something'd've something'll
    that's there'd there'd've there're there's they'd they'd've they'll they're they've 'twas wasn't we'd've
    we've weren't what'll what're what's what've when's where'd where's where've who'd who'd've who'll who's
    who've why'll why're why's won't would've wouldn't wouldn't've y'all y'all'll y'all'd've you'd you'd've
    you'll you're you've
    """


def _restored() -> dict[str, str]:
    """Each contraction with one apostrophe missing → the contraction."""
    found = {"somebody'd": "somebodyd"}  # reversed in the published list
    for full in _CONTRACTIONS.split():
        for i, c in enumerate(full):
            if c == "'":
                found[full[:i] + full[i + 1 :]] = full
    return found


_RESTORED = _restored()


def vqa_normal(text: str) -> str:
    """Normalises an answer as the published evaluation does."""
    return _seen(text) if len(text) <= SHORT else _normal(text)


def _normal(text: str) -> str:
    result = text
    digit_comma = _DIGIT_COMMA.search(text) is not None
    for mark in _MARKS:
        if mark in text:
            result = result.replace(mark, "" if digit_comma or f"{mark} " in text or f" {mark}" in text else " ")
    result = _STOP.sub("", result, count=_STOPS_REMOVED)
    kept = [word for word in (_DIGIT.get(w, w) for w in result.lower().split()) if word not in _ARTICLES]
    return " ".join(_RESTORED.get(word, word) for word in kept)


SHORT, KEPT = 200, 8_192
"""Characters of a text that is kept with its normal form, and how many are: references and short answers repeat."""
_seen = lru_cache(KEPT)(_normal)

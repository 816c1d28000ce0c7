"""Porter's stemmer with NLTK's extensions: the stems that METEOR (NLTK) and ROUGE (rouge_score) compare.

Porter 1980, *Program* 14(3), 130-137, with Porter's later ``bli`` and ``logi`` and what NLTK's default mode adds. A
test holds it equal to ``nltk.stem.PorterStemmer()`` on WordNet's words and on arbitrary strings.
"""

from functools import lru_cache

_IRREGULAR = {
    "skies": "sky",
    "sky": "sky",
    "dying": "die",
    "lying": "lie",
    "tying": "tie",
    "news": "news",
    "innings": "inning",
    "inning": "inning",
    "outings": "outing",
    "outing": "outing",
    "cannings": "canning",
    "canning": "canning",
    "howe": "howe",
    "proceed": "proceed",
    "exceed": "exceed",
    "succeed": "succeed",
}
_STEP_2 = (
    ("ational", "ate"),
    ("tional", "tion"),
    ("enci", "ence"),
    ("anci", "ance"),
    ("izer", "ize"),
    ("bli", "ble"),
    ("alli", "al"),
    ("entli", "ent"),
    ("eli", "e"),
    ("ousli", "ous"),
    ("ization", "ize"),
    ("ation", "ate"),
    ("ator", "ate"),
    ("alism", "al"),
    ("iveness", "ive"),
    ("fulness", "ful"),
    ("ousness", "ous"),
    ("aliti", "al"),
    ("iviti", "ive"),
    ("biliti", "ble"),
    ("fulli", "ful"),
)
_STEP_3 = (
    ("icate", "ic"),
    ("ative", ""),
    ("alize", "al"),
    ("iciti", "ic"),
    ("ical", "ic"),
    ("ful", ""),
    ("ness", ""),
)
_STEP_4 = (
    "al",
    "ance",
    "ence",
    "er",
    "ic",
    "able",
    "ible",
    "ant",
    "ement",
    "ment",
    "ent",
    "ion",
    "ou",
    "ism",
    "ate",
    "iti",
    "ous",
    "ive",
    "ize",
)


def _shape(text: str) -> str:
    """Consonants as c, vowels as v. A y is a vowel after a consonant; whatever is no vowel counts as a consonant."""
    found, before = [], "v"
    for letter in text:
        if letter in "aeiou" or (letter == "y" and before == "c"):
            before = "v"
        else:
            before = "c"
        found.append(before)
    return "".join(found)


def _measure(text: str) -> int:
    """How many times a vowel is followed by a consonant."""
    return _shape(text).count("vc")


def _short(text: str) -> bool:
    """Whether a text ends in consonant, vowel, consonant (not w, x, y), or is a vowel and a consonant."""
    shape = _shape(text)
    return (shape.endswith("cvc") and text[-1] not in "wxy") or shape == "vc"


def _plural(word: str) -> str:
    if word.endswith("ies"):
        return word[:-1] if len(word) == 4 else word[:-2]
    if word.endswith("sses"):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word


def _past(word: str) -> str:
    if word.endswith("ied"):
        return word[:-1] if len(word) == 4 else word[:-2]
    if word.endswith("eed"):
        return word[:-1] if _measure(word[:-3]) else word
    for ending in ("ed", "ing"):
        stem = word[: -len(ending)]
        if word.endswith(ending) and "v" in _shape(stem):
            break
    else:
        return word
    if stem.endswith(("at", "bl", "iz")):
        return stem + "e"
    if len(stem) > 1 and stem[-1] == stem[-2] and _shape(stem)[-1] == "c":
        return stem if stem[-1] in "lsz" else stem[:-1]
    if stem.endswith("*d"):  # in NLTK the name of the rule for doubled letters is looked for in the word, too
        return stem[:-2] + "d"
    return stem + "e" if _measure(stem) == 1 and _short(stem) else stem


def _derived(word: str) -> str:
    while word.endswith("alli") and _measure(word[:-4]):
        word = word[:-2]
    for ending, new in _STEP_2:
        if word.endswith(ending):
            stem = word[: -len(ending)]
            return stem + new if _measure(stem) else word
    return word[:-1] if word.endswith("logi") and _measure(word[:-3]) else word


def _without_suffix(word: str) -> str:
    for ending, new in _STEP_3:
        if word.endswith(ending):
            stem = word[: -len(ending)]
            word = stem + new if _measure(stem) else word
            break
    for ending in _STEP_4:
        if word.endswith(ending):
            stem = word[: -len(ending)]
            return stem if _measure(stem) > 1 and (ending != "ion" or stem[-1] in "st") else word
    return word


def _tidy(word: str) -> str:
    if word.endswith("e"):
        measure = _measure(word[:-1])
        if measure > 1 or (measure == 1 and not _short(word[:-1])):
            word = word[:-1]
    return word[:-1] if word.endswith("ll") and _measure(word[:-1]) > 1 else word


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """The stem of a lower-case word; words of one or two letters are their own."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if len(word) <= 2:
        return word
    word = _past(_plural(word))
    if word.endswith("y") and len(word) > 2 and _shape(word[:-1])[-1] == "c":
        word = word[:-1] + "i"
    return _tidy(_without_suffix(_derived(word)))

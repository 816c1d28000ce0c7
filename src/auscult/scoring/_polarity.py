"""What one clause says of what a yes/no question asks: asserts, denies, hedges, or speaks of something else.

The rule follows entailment. A clause that asserts at least what is asked says yes; a clause that denies at most what is
asked says no: "no pleural effusion" answers "Is there a left pleural effusion?", but a denial narrowed by side, size or
level ("no left effusion") does not answer "Is there an effusion?". An even number of negations over a word cancels out.
Nothing here knows medicine beyond a short list of words that exclude each other.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from auscult.scoring import _lexicon as lx
from auscult.scoring._text import join_prefixes, stem, words

Says = Literal["yes", "no", "hedge", "weak", ""]

_PREPOSITIONS = lx.listed("in of on at within from to near under around behind inside into over along adjacent besides")
# (what must occur for the pattern to be tried, pattern, replacement)
_IDIOMS = [
    (needles.split("|"), re.compile(pattern), plain)
    for needles, pattern, plain in [
        ("n't", r"n't\b", " not"),
        (
            "isnt|arent|asnt|erent|oesnt|dont|idnt|avent|ouldnt|wont|cant",
            r"\b(is|are|was|were|does|do|did|has|have|could|would|wo|ca)nt\b",
            r"\1 not",
        ),
        ("cannot|ca not|can not", r"\b(?:cannot|can not|ca not)\b", "can not"),
        ("'s", r"\b(there|it|that|this|he|she|here)'s\b", r"\1 is"),
        ("'re", r"\b(they|these|we)'re\b", r"\1 are"),
        (
            "doubt|question",
            r"\b(?:there (?:is|can be) )?(?:no|without(?: a| any)?) (?:doubt|question)\b"
            r"(?: (?:about (?:it|that)|that))?",
            "clearly",
        ),
        ("not only", r"\bnot only\b", ""),
        ("not that i", r"\bnot that i (?:can see|could see|see|know|am aware)\b", "no"),
        (
            "exclude|rule|discount",
            r"\b(?:not (?:able|possible)|unable|difficult|hard) to (?:exclude|rule out)\b"
            r"|\bnot (?:excluded|ruled out)\b"
            r"|\b(?:can|could|does|do|did) not (?:\w+ )?(?:be )?(?:\w+ )?(?:excluded?|ruled? out|discounted)\b",
            "can't-exclude",
        ),
        (
            "not |hard|difficult|no idea|no way",
            r"\bnot (?:entirely |completely |absolutely |really )?"
            r"(?:sure|certain|clear|definitive|conclusive|necessarily)\b"
            r"|\bhard to (?:say|tell)\b|\bdifficult to (?:say|tell|determine|assess)\b|\b(?:do|does|did) not know\b"
            r"|\bno idea\b|\bno way to (?:tell|know)\b",
            "uncertain",
        ),
        (
            "ruled out|excluded",
            r"\b(?:has|have|is|are) been (?:ruled out|excluded)\b|\b(?:is|are|be) ruled out\b",
            "is absent",
        ),
        ("rules out", r"\brules out\b", "without"),
        (
            "rule out|exclude|assess|evaluate|confirm|determine|look for|check",
            r"\brule out\b|\b(?:to|for) (?:rule out|exclude|assess|evaluate|confirm|determine|look for|check)\b",
            "whether",
        ),
        (
            "free |negative for|absence|lack|devoid|clear of|opposed|ruling",
            r"\b(?:free (?:of|from)|negative for|absence of|lack of|devoid of|clear of|opposed to|ruling out)\b",
            "without",
        ),
        ("likely", r"\b(?:less|not) likely\b", "unlikely"),
        ("no longer", r"\bno longer\b", "not"),
        (" that| to say", r"\b(?:false|incorrect|untrue|wrong)(?= (?:that|to say))", "not"),
        ("positive for", r"\bpositive for\b", "shows"),
        ("yes", r"\byes\s*(?:/|or|and|and/or|&)\s*no\b", "maybe"),
        ("neither", r"\bneither(?: yes nor no)?[\s.]*$", "maybe"),
    ]
]
_TOKEN = re.compile(r"can't-exclude|[a-z0-9]+(?:\.\d+)?(?:'[a-z]+)?")


@dataclass(frozen=True, slots=True)
class Question:
    """A yes/no question, taken apart once.

    Attributes:
        content: stems that carry its content.
        key: the stem that an answer must speak of: what is said to exist, or the predicate.
        negated: asked in the negative ("Is there no effusion?", "Is it absent?"): a denial of the content means yes.
        no_agrees: a leading "no" may agree with the negative that is asked ("Is there no effusion?").
        modal: asks for a possibility ("Could this be ...?"): a hedge then answers it.
        quantity: quantity words and numbers, which an answer must repeat.
        plain: the question's words, to recognise an echo.
    """

    content: frozenset[str]
    key: str
    negated: bool
    no_agrees: bool
    modal: bool
    quantity: frozenset[str]
    plain: str


def rephrase(text: str) -> str:
    """Lower case, with multi-word negations and hedges brought to one word each."""
    text = join_prefixes(text.lower())
    for needles, pattern, plain in _IDIOMS:
        for needle in needles:
            if needle in text:
                text = pattern.sub(plain, text)
                break
    return text


def tokens(clause: str) -> list[str]:
    """Words of a rephrased clause; prefixes are joined ("x ray" is "xray")."""
    return _TOKEN.findall(clause)


def carries_content(word: str) -> bool:
    """Whether a word says something beyond grammar, presence, negation and hedging."""
    return word not in lx.STOP and word not in lx.HYPOTHETICAL


@lru_cache(maxsize=16384)
def analyse(question: str) -> Question:
    """Takes a question apart. Pure, and remembered: a data set asks few distinct questions."""
    plain = " ".join(words(question))
    text = re.sub(r"^(\w+)/are\b", r"\1", question.lower())
    text = re.sub(
        r"^((?:is|are|was|were|do|does|did|can|has|have) ?n't|(?:is|are|was|were) there not)\b", "is there", text
    )
    spoken = tokens(rephrase(text))
    positions = [i for i, w in enumerate(spoken) if carries_content(w)]
    content = [stem(spoken[i]) for i in positions]
    negators = [w for w in spoken if w in lx.FORWARD or w in lx.BACKWARD]
    key = ""
    if content:
        asks_existence = spoken[0] in {"any", "do", "does", "did", "can", "has", "have", "notice"} or bool(
            {"there", "a", "an", "any"} & set(spoken[1:2]) or lx.EXIST & set(spoken)
        )
        stops = [i for i, w in enumerate(spoken) if w in _PREPOSITIONS and i > positions[0]]
        head = [i for i in positions if not stops or i < stops[0]]
        key = stem(spoken[(head if asks_existence else positions)[-1]])
    return Question(
        content=frozenset(content),
        key=key,
        negated=len(negators) % 2 == 1,
        no_agrees="no" in negators or "not" in negators,
        modal=bool(lx.HEDGE & set(spoken)),
        quantity=frozenset(c for c in content if c in lx.QUANTITY or c[0].isdigit()),
        plain=plain,
    )


def _negations(clause: list[str], at: int) -> int:
    """How many negations reach the word at a position: any before it, and those said of it after it."""
    before = [w for w in clause[:at] if w in lx.FORWARD or (w in ("none", "negative") and at - clause.index(w) < 3)]
    if "nor" in before and len(before) > 1:
        before.remove("nor")
    after = 0
    for j in range(at + 1, len(clause)):
        word = clause[j]
        if word in lx.BACKWARD:
            after += not (word == "negative" and any(map(carries_content, clause[j + 1 : j + 2])))
        elif word in ("no", "not"):
            rest = [
                w
                for w in clause[j + 1 :]
                if not w.endswith("ly") and w not in ("be", "been", "a", "being", "well", "yet")
            ]
            if not rest or rest[0] in lx.EXIST or rest[0] in lx.BACKWARD or rest[0] == "uncertain":
                after += 1
    return len(before) + after


def _hedged(clause: list[str], at: int) -> bool:
    """Whether possibility, not fact, is said of the word at a position."""
    for j, word in enumerate(clause):
        if word in lx.HEDGE and (j < at or all(not carries_content(w) for w in clause[at + 1 : j])):
            return True
    return False


def _elliptic(clause: list[str], question: Question) -> Says:
    """A clause without content of its own: "it is", "none seen", "absent", "possibly"."""
    if lx.HEDGE & set(clause) and not question.modal:
        return "hedge"
    negations = sum(w in lx.FORWARD or w in lx.BACKWARD for w in clause)
    says_presence = any(
        w in lx.EXIST or w in lx.BACKWARD or w in ("positive", "evidence", "nothing", "presence", "existing")
        for w in clause
    )
    if says_presence and not set(clause) <= lx.PRONOUN | lx.AUXILIARY | {"not"}:
        return "no" if (negations % 2 == 1) != question.negated else "yes"
    if (
        set(clause) & lx.PRONOUN
        and set(clause) <= lx.PRONOUN | lx.AUXILIARY | {"not", "indeed"}
        and clause[-1] not in lx.PRONOUN
    ):
        return "no" if negations % 2 else "yes"
    if clause in (["do", "not", "think", "so"], ["i", "do", "not", "think", "so"], ["i", "do", "not", "believe", "so"]):
        return "no"
    return ""


def clause_says(clause: list[str], question: Question) -> Says:
    """What a clause says of the proposition that is asked.

    Returns:
        ``yes`` or ``no``; ``hedge``: it calls it possible; ``weak``: it speaks of it without deciding it; empty: it
        speaks of something else.
    """
    if any(w in lx.HYPOTHETICAL for w in clause):
        return ""
    stems = [stem(w) if carries_content(w) else "" for w in clause]
    said = frozenset(stems) - {""}
    if not said or (
        said <= lx.MODIFIER and not said & question.content and not said & lx.RIVALS.get(question.key, frozenset())
    ):
        return _elliptic(clause, question)
    key, flips, complement = question.key, False, True
    if key not in said:
        opposites = lx.OPPOSITES.get(key, {})
        key = next((s for s in stems if s in opposites), "")
        flips, complement = True, opposites.get(key, False)
        if not key:
            return "weak" if said & question.content and said <= question.content else ""
    missing = question.content - said - {question.key}
    extra = said - question.content - {key}
    if any(lx.RIVALS.get(e, frozenset()) & missing for e in extra):
        return ""
    if missing & question.quantity:
        return "weak"
    if missing and extra - lx.MODIFIER:
        return ""
    if flips and extra - lx.MODIFIER and not said & question.content:
        return "weak"
    at = stems.index(key)
    if _hedged(clause, at) and not question.modal:
        return "hedge"
    negated = _negations(clause, at) % 2 == 1
    if flips and (negated and not complement):
        return "weak"
    if negated and not flips and extra & lx.RESTRICTING:
        return "weak"
    return "no" if (negated != flips) != question.negated else "yes"

"""What answers are made of besides medicine: yes and no, openings, grammar, opposites. Data: ``lexicons/answers.toml``.

Words are in the normal form of ``facts`` (lower case, singular, American spelling); groups hold stems.
"""

from dataclasses import dataclass
from functools import lru_cache
from itertools import permutations

from auscult.facts.reply import stem
from auscult.facts.tokens import normal
from auscult.store.files import shipped_table


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """Sets of words; see the comments of the file.

    Attributes:
        empty: words without content: grammar, and what only carries a finding ("the image shows signs of").
        opposites: stem → stems that exclude it, True where the negation of the one is the other.
        rivals: stem → stems of which at most one is true of a thing.
        degrees: stem → other degrees of the same: who says "mild" denies "severe".
    """

    yes: frozenset[str]
    no: frozenset[str]
    agree: frozenset[str]
    disagree: frozenset[str]
    sure: frozenset[str]
    opening: frozenset[str]
    closing: frozenset[str]
    courtesy: frozenset[str]
    polite: frozenset[str]
    after_no: frozenset[str]
    hypothetical: frozenset[str]
    presence: frozenset[str]
    pronoun: frozenset[str]
    auxiliary: frozenset[str]
    empty: frozenset[str]
    modifier: frozenset[str]
    restricting: frozenset[str]
    quantity: frozenset[str]
    opposites: dict[str, dict[str, bool]]
    rivals: dict[str, frozenset[str]]
    degrees: dict[str, frozenset[str]]
    same: dict[str, str]

    def concept(self, word: str) -> str:
        """The stem that stands for a word in normal form and for those that say the same."""
        return self.same.get(word) or stem(word)


NORMAL, ABNORMAL = stem("normal"), stem("abnormal")


@lru_cache(maxsize=1)
def vocabulary() -> Vocabulary:
    """The bundled vocabulary, read once."""
    table = shipped_table("data/lexicons/answers.toml")
    words = {name: frozenset(map(normal, text.split())) for name, text in table["words"].items()}
    stems = {name: frozenset(map(stem, words[name])) for name in ("modifier", "restricting", "quantity")}
    groups = {name: [[stem(normal(w)) for w in g.split()] for g in lines] for name, lines in table["groups"].items()}
    unwell = [[NORMAL, stem(b)] for b in words["unhealthy"]]
    opposites: dict[str, dict[str, bool]] = {}
    for group in [*groups["exclusive"], *groups["degree"], *unwell, *groups["complement"]]:
        for a, b in permutations(group, 2):
            opposites.setdefault(a, {})[b] = group in groups["complement"]
    plain = (
        "yes",
        "no",
        "agree",
        "disagree",
        "opening",
        "courtesy",
        "polite",
        "after_no",
        "hypothetical",
        "presence",
        "pronoun",
    )
    return Vocabulary(
        **{name: words[name] for name in plain},
        **stems,
        sure=words["sure"],
        closing=words["closing"] | words["sure"],
        auxiliary=words["auxiliary"],
        empty=words["grammar"] | words["carrier"],
        opposites=opposites,
        rivals={a: frozenset(b) for a, b in opposites.items()},
        degrees={
            a: frozenset(b for g in groups["degree"] if a in g for b in g if b != a)
            for a in {w for g in groups["degree"] for w in g}
        },
        same={normal(w): stem(normal(name)) for name, text in table["same"].items() for w in text.split()},
    )

"""Names that sound like findings and are none: made of syllables, and checked against every list of terms."""

from itertools import count

from auscult.facts import read_facts
from auscult.facts.lexicon import lexicon
from auscult.facts.tokens import words
from auscult.records import Item, rank
from auscult.store.files import shipped_table

PLACE = "probes/names.toml"


def made_up(item: Item) -> str:
    """A made-up finding of an item, always the same: a name that no list of terms knows in whole or in part."""
    parts = shipped_table(PLACE)
    for attempt in count():
        draw = rank("made up", item.id, attempt)
        chosen = []
        for part in ("starts", "middles", "ends"):
            draw, at = divmod(draw, len(parts[part]))
            chosen.append(str(parts[part][at]))
        name = "".join(chosen)
        if not is_known(name):
            return name
    raise AssertionError("the numbers have no end")


def is_known(name: str) -> bool:
    """Whether a word is a term, holds one of six letters or more, or is read as a finding."""
    lex, (word,) = lexicon(), words(name).norms
    held = any(len(term) >= 6 and (term in word or word in term) for known in lex.names for term in known.split())
    return held or lex.trie.get((word,)) is not None or bool(read_facts(f"There is {name}."))

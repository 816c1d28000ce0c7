import random

from hypothesis import given, settings
from hypothesis import strategies as st
from nltk.stem import PorterStemmer

from auscult.scorers.text._porter import stem
from auscult.scorers.text._wordnet import WordNet

NLTK = PorterStemmer()
ENDINGS = """
    s es ies ied ed ing eed at bl iz ll y e alli ational tional enci izer bli entli eli ousli ization ation ator alism
    iveness fulness ousness aliti iviti biliti fulli logi icate ative alize iciti ical ful ness al ance er ic ement
    ment ent ion ou ism ate iti ous ive ize *ding *ded
"""


def test_every_word_of_wordnet_has_nltks_stem(wordnet: WordNet) -> None:
    words = [word.decode() for part in wordnet._parts for word in part.index]
    assert len(words) > 100_000
    chosen = random.Random(0).sample(words, 10_000)
    assert [w for w in chosen if stem(w) != NLTK.stem(w)] == []


@settings(max_examples=66, deadline=None)
@given(st.text("aeioylstzbdcrmgw'-*.é", max_size=8), st.sampled_from(["", *ENDINGS.split()]))
def test_any_string_with_any_ending_has_nltks_stem(start: str, ending: str) -> None:
    assert stem(start + ending) == NLTK.stem(start + ending)


@settings(max_examples=66, deadline=None)
@given(st.text(max_size=12))
def test_any_lower_case_string_has_nltks_stem(word: str) -> None:
    assert stem(word.lower()) == NLTK.stem(word.lower())


def test_irregular_forms_have_nltks_stem() -> None:
    words = [*NLTK.pool, "flies", "dies", "spied", "died", "feed", "agreed", "sing", "hissing", "falling", "yyyying"]
    assert [stem(w) for w in words] == [NLTK.stem(w) for w in words]

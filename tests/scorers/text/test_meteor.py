from pathlib import Path
from types import ModuleType, SimpleNamespace
from zipfile import ZipFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nltk.translate.meteor_score import meteor_score
from tests.scorers.text.texts import EDGES, pairs

from auscult.errors import UserError
from auscult.scorers import ScorerOptions, create
from auscult.scorers.text._wordnet import _ENDINGS, WordNet, _load, find_wordnet

NO_SYNONYMS = SimpleNamespace(synsets=lambda _: [])
FILES = [f"{kind}.{part}" for part in _ENDINGS for kind in ("index", "data")] + [f"{part}.exc" for part in _ENDINGS]


def values(name: str, some: list[tuple[str, str]]) -> list[float]:
    return [row["meteor"] for row in create(name).score(some)]


def nltks(some: list[tuple[str, str]], reader: object) -> list[float]:
    return [meteor_score([r.split()], c.split(), wordnet=reader) for c, r in some]


@pytest.fixture(scope="module")
def few_synsets() -> dict[str, bytes]:
    """WordNet's files with a handful of words."""
    files = {name: b"" for name in FILES}
    head = b"  1 WordNet 2.1 Copyright  \n"
    synset = b"%08d 18 n 02 physician 0 doc(p) 0 000 | who heals\n" % len(head)
    files["data.noun"] = head + synset
    files["index.noun"] = b"".join(b"%s n 1 0 1 0 %08d\n" % (w, len(head)) for w in (b"physician", b"doc"))
    files["noun.exc"] = b"doctorii physician\n"
    return files


def written(folder: Path, files: dict[str, bytes]) -> Path:
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


def test_it_equals_nltk_on_200_pairs(nltk_wordnet: ModuleType) -> None:
    some = pairs(200) + [(c, r) for c in EDGES for r in EDGES]
    assert values("meteor", some) == pytest.approx(nltks(some, nltk_wordnet), abs=1e-9)


@pytest.mark.slow
def test_it_equals_nltk_on_2000_pairs(nltk_wordnet: ModuleType) -> None:
    some = pairs(2_000, seed=1)
    assert values("meteor", some) == pytest.approx(nltks(some, nltk_wordnet), abs=1e-9)


WORDS = "doctor physicians lungs lung clear clearly a the no shows showing demonstrate heart hearts enlarge big"


@settings(max_examples=26, deadline=None)
@given(*[st.lists(st.sampled_from(WORDS.split()), max_size=14).map(" ".join)] * 2)
def test_it_equals_nltk_where_words_repeat_and_compete(
    nltk_wordnet: ModuleType, candidate: str, reference: str
) -> None:
    pair = [(candidate, reference)]
    assert values("meteor", pair) == nltks(pair, nltk_wordnet)


def test_of_two_synonyms_the_later_in_the_reference_is_taken(nltk_wordnet: ModuleType) -> None:
    some = [("big x", "bad x great"), ("x big", "bad x great")]  # one word of the reference is left over in each
    assert values("meteor", some) == nltks(some, nltk_wordnet)
    assert values("meteor", some)[0] < values("meteor", some)[1]


def test_synonyms_are_those_that_nltk_finds(wordnet: WordNet, nltk_wordnet: ModuleType) -> None:
    words = [word.decode() for part in wordnet._parts for word in list(part.index)[::400]]
    for word in [*words, *(w + "s" for w in words), "men", "abaci", "better", "s", "", "é"]:
        lemmas = (lemma.name() for synset in nltk_wordnet.synsets(word) for lemma in synset.lemmas())
        assert wordnet.synonyms(word) == {name for name in lemmas if "_" not in name}, word


def test_without_wordnet_it_has_another_name_and_equals_nltk_without_synonyms(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("auscult.scorers.text.meteor.find_wordnet", lambda _: None)
    metric = create("meteor")
    assert metric.instrument.name == "meteor-no-wordnet" and "not comparable" in metric.instrument.about
    some = pairs(200)
    assert [row["meteor"] for row in metric.score(some)] == nltks(some, NO_SYNONYMS)


def test_the_shorter_metric_can_be_asked_for_where_wordnet_is(wordnet: WordNet) -> None:
    pair = [("the physician", "the doctor")]
    assert create("meteor-no-wordnet").instrument.name == "meteor-no-wordnet"
    assert values("meteor-no-wordnet", pair) < values("meteor", pair)


def test_its_name_says_whose_it_is(wordnet: WordNet) -> None:
    metric = create("meteor")
    version = "1" if wordnet.version == "3.0" else f"1+wordnet-{wordnet.version}"
    assert (metric.instrument.id, metric.instrument.names) == (f"meteor@{version}", ("meteor",))
    assert "nltk" in metric.instrument.about and f"WordNet {wordnet.version}" in metric.instrument.about


def test_another_wordnet_is_another_version(tmp_path: Path, few_synsets: dict[str, bytes]) -> None:
    metric = create("meteor", ScorerOptions(wordnet=written(tmp_path / "w", few_synsets)))
    assert metric.instrument.version == "1+wordnet-2.1" and "WordNet 2.1" in metric.instrument.about


def test_words_of_a_synset_and_irregular_forms_are_synonyms(tmp_path: Path, few_synsets: dict[str, bytes]) -> None:
    found = find_wordnet(written(tmp_path / "w", few_synsets))
    assert found is not None
    assert found.synonyms("docs") == found.synonyms("doctorii") == {"physician", "doc"}
    assert found.synonyms("healer") == frozenset()


def test_wordnet_is_read_from_the_archive_that_nltk_fetches(
    tmp_path: Path, few_synsets: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "corpora").mkdir()
    with ZipFile(tmp_path / "corpora" / "wordnet.zip", "w") as archive:
        for name, content in few_synsets.items():
            archive.writestr(f"wordnet/{name}", content)
    monkeypatch.setenv("NLTK_DATA", str(tmp_path))
    found = find_wordnet()
    _load.cache_clear()
    assert found is not None and found.version == "2.1" and "doc" in found.synonyms("physician")


def test_a_folder_without_wordnet_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no WordNet database there"):
        create("meteor", ScorerOptions(wordnet=tmp_path))


@pytest.mark.parametrize("harm", ["index.verb", "data.noun", "noun.exc"])
def test_a_wordnet_that_is_not_whole_is_refused(tmp_path: Path, few_synsets: dict[str, bytes], harm: str) -> None:
    folder = written(tmp_path / "w", few_synsets)
    (folder / harm).write_bytes(b"  1 nothing\n") if harm == "data.noun" else (folder / harm).unlink()
    with pytest.raises(UserError, match="not a whole WordNet|half installed: no (index.verb|noun.exc)"):
        create("meteor", ScorerOptions(wordnet=folder))


def test_index_and_data_of_two_releases_do_not_mix(tmp_path: Path, few_synsets: dict[str, bytes]) -> None:
    shifted = {**few_synsets, "data.noun": b"  0 \n" + few_synsets["data.noun"]}
    metric = find_wordnet(written(tmp_path / "w", shifted))
    assert metric is not None
    with pytest.raises(UserError, match="of another release"):
        metric.synonyms("doc")


def test_a_candidate_without_any_word_of_the_reference_has_0() -> None:
    assert values("meteor-no-wordnet", [("", ""), ("", "a"), ("a", ""), ("x", "y")]) == [0, 0, 0, 0]

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auscult.facts import canonical, presence_of, read_facts
from auscult.phantoms.scene import KINDS
from auscult.records import Fact

CASES = [
    tuple(part.strip() for part in line.split("=>"))
    for line in (Path(__file__).parent / "cases.txt").read_text("utf-8").splitlines()
    if line.strip() and not line.startswith("#")
]


def written(fact: Fact) -> str:
    parts = [{"present": "+", "absent": "-", "uncertain": "?"}[fact.presence] + fact.finding, fact.side]
    parts += [f"@{fact.place}" if fact.place else "", ",".join(fact.attributes)]
    parts += [
        f"{fact.size_mm:g}mm" if fact.size_mm is not None else "",
        f"*{fact.comparison}" if fact.comparison else "",
    ]
    return " ".join(p for p in parts if p)


def test_facts_are_read_as_a_radiologist_would() -> None:
    for text, expected in CASES:
        found = [written(f) for f in read_facts(text.replace("\\n", "\n"))]
        assert sorted(found) == sorted(e.strip() for e in expected.split(";") if e.strip()), text


def test_the_cases_are_many() -> None:
    assert len(CASES) >= 150


def test_every_finding_of_the_phantoms_is_known_by_its_name() -> None:
    assert [canonical(name) for name in KINDS] == list(KINDS)


@pytest.mark.parametrize(
    ("term", "name"),
    [
        ("enlarged heart", "cardiomegaly"),
        ("Pleural effusions", "pleural effusion"),
        ("hydrothorax", "pleural effusion"),
        ("brain tumor", "brain tumour"),
        ("mass in the liver", "liver lesion"),
        ("no ascites", "ascites"),
        ("", None),
        ("a walk in the park", None),
        ("effusion and pneumothorax", None),
    ],
)
def test_canonical_names(term: str, name: str | None) -> None:
    assert canonical(term) == name


def test_spans_are_those_of_the_original_text() -> None:
    text = "  İmage: “No”\u00a0pleural effusion,\n but the heart\u2019s shadow is ENLARGED."
    spans = [(f.finding, text[f.start : f.end]) for f in read_facts(text)]
    assert spans[0] == ("pleural effusion", "pleural effusion")
    assert spans[1][0] == "cardiomegaly" and spans[1][1].endswith("ENLARGED")


def test_sentences_are_numbered_from_0() -> None:
    assert [f.sentence for f in read_facts("Left effusion. The ribs are intact. Cardiomegaly.")] == [0, 1, 2]


def test_context_settles_the_organ_of_a_bare_mass_and_makes_no_facts() -> None:
    assert [f.finding for f in read_facts("There is a cyst.", "Is there a mass in the right kidney?")] == ["renal cyst"]
    assert [f.finding for f in read_facts("There is a cyst in the liver.", "What is in the kidney?")] == ["liver cyst"]
    assert read_facts("Yes.", "Is there an effusion?") == []


def test_the_sentence_before_settles_the_organ() -> None:
    found = read_facts("The left kidney is shown. There is a 2 cm cyst.")
    assert [(f.finding, f.size_mm) for f in found] == [("renal cyst", 20)]


@pytest.mark.parametrize(
    ("sentence", "concept", "expected"),
    [
        ("The patient denies CHEST PAIN or fever.", "CHEST PAIN", "absent"),
        ("The patient denies chest pain or FEVER.", "FEVER", "absent"),
        ("No nausea, but some VOMITING.", "VOMITING", "present"),
        ("SKIN: No RASHES.", "RASHES", "absent"),
        ("RASHES: No.", "RASHES", "absent"),
        ("His NAUSEA has resolved.", "NAUSEA", "absent"),
        ("Possible GOUT.", "GOUT", "uncertain"),
        ("Rule out SEPSIS.", "SEPSIS", "unmentioned"),
        ("Family history of DIABETES.", "DIABETES", "unmentioned"),
        ("No history of ASTHMA.", "ASTHMA", "absent"),
        ("Not only FEVER.", "FEVER", "present"),
        ("", "", "unmentioned"),
    ],
)
def test_presence_of_any_concept(sentence: str, concept: str, expected: str) -> None:
    start = sentence.find(concept)
    assert presence_of(sentence, start, start + len(concept)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "no effusion " * 4000,
        "left " * 10_000,
        "3 cm " * 10_000,
        "a nodule of 3 x " * 3000,
        "No effusion. The heart is enlarged. " * 1400,
        "no\n" * 16_000,
        "(((" * 16_000,
        "\u200b\ud7ff\U0001f600" * 10_000,
    ],
)
def test_fifty_kilobytes_take_a_moment(text: str) -> None:
    began = time.process_time()
    read_facts(text)
    assert time.process_time() - began < 3


@pytest.mark.parametrize("text", ["", " ", "\n\n", ".", "?", "::", "-", "1.", "\x00", "\ud800"])
def test_nothing_is_read_from_nothing(text: str) -> None:
    assert read_facts(text) == []


VOCABULARY = """no not but however , . ; : ? ( ) - and or with left right both small 3 cm mm x new effusion nodule mass
heart lungs clear normal enlarged is are there seen possible excluded resolved history CT T2 1. [ ] Findings unchanged
Indication"""
WORDS = ["\n", *VOCABULARY.split()]


@given(st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join) | st.text(max_size=60))
def test_any_text_is_read_and_every_span_lies_in_it(text: str) -> None:
    for fact in read_facts(text):
        assert 0 <= fact.start < fact.end <= len(text)
        assert fact.presence in ("present", "absent", "uncertain")
    presence_of(text, 0, len(text) // 2)

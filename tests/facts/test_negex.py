import pytest

from auscult.facts.negex import negex


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("No evidence of EFFUSION.", "absent"),
        ("The EFFUSION was ruled out.", "absent"),
        ("No fever, but EFFUSION.", "present"),
        ("No change in the EFFUSION.", "present"),
        ("Rule out EFFUSION.", "uncertain"),
        ("There is an EFFUSION.", "present"),
        ("No pneumothorax, small EFFUSION.", "absent"),  # its known limit: a scope runs to the end of the sentence
    ],
)
def test_plain_negex_reads_as_published(sentence: str, expected: str) -> None:
    start = sentence.index("EFFUSION")
    assert negex(sentence, start, start + 8) == expected

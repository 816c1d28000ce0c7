import pytest

from auscult.scorers import create


@pytest.mark.parametrize(
    ("name", "reference", "reads"),
    [
        ("rouge", "left lung", True),
        ("rouge", "左肺", False),
        ("rouge", "όγκος", False),
        ("rouge", "...", False),
        ("rouge", "T1 of the left lung (左肺)", True),
        ("bleu", "όγκος", True),
        ("bleu", "左肺结节", False),
        ("meteor", "左肺结节", False),
        ("meteor", "left lung", True),
    ],
)
def test_a_metric_says_which_references_it_can_read(name, reference, reads):
    assert create(name).reads(reference) is reads

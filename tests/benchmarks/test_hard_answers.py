"""The answers of the benchmark are read and counted by what they mean; a side that is read wrongly is no unread one."""

import pytest

from benchmarks import hard_answers


def test_every_answer_is_counted_once_by_what_it_means(capsys: pytest.CaptureFixture[str]) -> None:
    hard_answers.main([])
    lines = capsys.readouterr().out.splitlines()
    totals = {line.partition(":")[0]: int(line.partition(" of ")[2].partition(",")[0]) for line in lines}
    assert totals == {
        "choice, an option": 79,
        "choice, no side": 14,
        "yes/no, no": 93,
        "yes/no, no side": 39,
        "yes/no, yes": 89,
    }


@pytest.mark.parametrize(
    ("meant", "read", "word"),
    [
        ("yes", "yes", "as meant"),
        ("yes", "no", "misread"),
        ("none", "no", "misread"),
        ("yes", "unread", "unread"),
        ("yes", "unclear", "takes no side"),
        ("none", "refused", "as meant"),
    ],
)
def test_what_became_of_an_answer(meant: str, read: str, word: str) -> None:
    assert hard_answers.became({"options": None, "meant": meant}, read) == word

import pytest

from auscult.facts.statements import Passage


def says(text: str, word: str) -> list[str]:
    """What each clause of a text says of a word, in order of its occurrence."""
    passage = Passage(text)
    return [
        part.says(n)
        for sentence in passage.statements(lambda norm: norm == word)
        for part in sentence
        for n in range(part.first, part.end)
        if part.norms[n] == word
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("There is a zyx.", "present"),
        ("There is no zyx.", "absent"),
        ("No abc, def, or zyx.", "absent"),
        ("The film does not show a zyx.", "absent"),
        ("I am not able to clearly see a zyx.", "absent"),
        ("The study fails to show a zyx.", "absent"),
        ("The field is free of zyx.", "absent"),
        ("Low probability of zyx.", "absent"),
        ("Far from a zyx, this is a vessel.", "absent"),
        ("The zyx has resolved.", "absent"),
        ("The zyx was resected.", "absent"),
        ("No zyx is seen, a vessel is.", "absent"),
        ("zyx: no", "absent"),
        ("zyx (-)", "absent"),
        ("| zyx | No |", "absent"),
        ('{"zyx": false}', "absent"),
        ("zyx? No.", "absent"),
        ("A zyx is not uncommon here.", "present"),
        ("It is not true that there is no zyx.", "present"),
        ("The image shows an organ that has been removed, and a zyx.", "present"),
        ("A zyx may be present.", "uncertain"),
        ("I cannot exclude a zyx.", "uncertain"),
        ("This is not necessarily a zyx.", "uncertain"),
        ("Whether this is a zyx cannot be said.", "uncertain"),
        ("History of zyx.", "not_now"),
        ("His mother had a zyx.", "not_now"),
        ("If there is a zyx, come back.", "not_now"),
        ("There are many causes, among them a zyx.", "not_now"),
    ],
)
def test_any_word_is_affirmed_denied_doubted_or_not_said_of_now(text: str, said: str) -> None:
    assert says(text, "zyx") == [said]


def test_a_denial_ends_where_a_clause_begins() -> None:
    assert says("There is no abc, but there is a zyx.", "zyx") == ["present"]
    assert says("No effusion or nodule, zyx noted.", "zyx") == ["present"]


def test_a_word_that_is_asked_for_is_taken_out_of_the_phrase_that_holds_it() -> None:
    assert says("The effusion has not increased.", "increased") == ["absent"]
    assert says("There is no change in the effusion.", "change") == ["absent"]


def test_doubt_can_be_left_out_of_account() -> None:
    sentence = list(Passage("No sign of a possible zyx.").statements(lambda norm: norm == "zyx"))[0]
    at = sentence[0].norms.index("zyx")
    assert sentence[0].says(at, doubts=False) == "absent"


def test_a_general_sentence_and_a_question_are_told() -> None:
    general = list(Passage("An effusion is a collection of fluid.").statements(lambda norm: False))[0][0]
    asks = list(Passage("Is there an effusion?").statements(lambda norm: False))[0][0]
    assert general.general and not general.asks and asks.asks

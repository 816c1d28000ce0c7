import pytest

from auscult.facts.appearances import Appearance, is_look, read_appearances


def told(text: str) -> list[dict[str, object]]:
    """What is told, without what is left at its default and without places in the text."""
    plain = Appearance()
    skip = ("start", "end", "sentence", "words", "organ")
    return [
        {n: v for n in a.__slots__ if n not in skip and (v := getattr(a, n)) != getattr(plain, n)}
        for a in read_appearances(text)
    ]


LUNG = {"region": "lung"}
RIGHT_BASE, LEFT_BASE = ({"side": side, "place": "lower zone"} for side in ("right", "left"))
UPPER = {"place": "upper zone"}


@pytest.mark.parametrize(
    ("text", "looks"),
    [
        (
            "A hazy white patch, 46 mm across, in the lower zone of the right lung.",
            [RIGHT_BASE | {"tone": "bright", "form": "patch", "edge": "blurred", "size_mm": 46}],
        ),
        (
            "The right lower zone is white and hazy over 4.6 cm.",
            [RIGHT_BASE | {"tone": "bright", "edge": "blurred", "size_mm": 46}],
        ),
        (
            "A round, sharply bordered white spot of 18 mm in the left upper zone and a black rim at the right apex.",
            [
                UPPER | {"tone": "bright", "form": "round", "edge": "sharp", "side": "left", "size_mm": 18},
                UPPER | {"tone": "dark", "form": "band", "side": "right"},
            ],
        ),
        ("A shadow in the right lower zone.", [RIGHT_BASE | {"form": "area"}]),
        (
            "It may show a faint white area in the left base.",
            [LEFT_BASE | {"presence": "uncertain", "tone": "bright", "form": "area", "edge": "blurred"}],
        ),
        ("Both lungs are dark and even.", [{"change": "normal", "side": "bilateral"}]),
    ],
)
def test_looks_of_the_lung_are_read(text: str, looks: list[dict[str, object]]) -> None:
    assert told(text) == [look | LUNG for look in looks]


@pytest.mark.parametrize(
    ("text", "looks"),
    [
        ("The heart shadow is wide: 0.62 of the chest.", [{"change": "wide", "region": "heart", "ratio": 0.62}]),
        ("The heart takes up less than half of the chest.", [{"change": "normal", "region": "heart"}]),
        (
            "The midline is pushed 9 mm to the left, and the ventricles are wide.",
            [
                {"change": "shifted", "region": "brain", "side": "left", "size_mm": 9},
                {"change": "wide", "region": "brain"},
            ],
        ),
        ("The costophrenic angles are sharp.", [{"edge": "sharp", "change": "normal", "region": "pleura"}]),
        (
            "A gray band, 22 mm deep, surrounds the liver.",
            [{"tone": "gray", "form": "band", "region": "liver", "size_mm": 22}],
        ),
        (
            "A dark round area with a smooth edge lies in the right kidney.",
            [{"tone": "dark", "form": "round", "edge": "sharp", "region": "kidney", "side": "right"}],
        ),
        (
            "A bright ring around a dark centre lies in the left frontal lobe.",
            [{"tone": "bright", "form": "ring", "region": "brain", "side": "left", "place": "frontal lobe"}],
        ),
    ],
)
def test_looks_of_organs_are_read(text: str, looks: list[dict[str, object]]) -> None:
    assert told(text) == looks


def test_denials_and_what_is_left_are_read() -> None:
    found = read_appearances("No dark rim and no white patch is seen. Nothing else stands out.")
    assert [(a.presence, a.form, a.rest) for a in found] == [
        ("absent", "band", False),
        ("absent", "patch", False),
        ("absent", "area", True),
    ]


def test_what_is_asked_is_not_told() -> None:
    assert read_appearances("Is there a white patch?") == []


def test_words_of_one_look_stand_where_they_are_said_to() -> None:
    text = "The heart is of normal width. A hazy white patch lies on the left."
    *_, patch = read_appearances(text)
    assert text[patch.start : patch.end] == "A hazy white patch lies on the left"
    assert [text[a:b] for a, b in patch.words] == ["white", "patch"]


def test_of_something_a_tone_alone_is_a_look() -> None:
    assert read_appearances("It is dark.") == []
    assert [a.tone for a in read_appearances("It is dark.", of_something=True)] == ["dark"]
    assert is_look("hazy") and not is_look("effusion")

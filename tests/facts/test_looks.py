import pytest

from auscult.facts.appearances import read_appearances
from auscult.facts.looks import Known, compare_looks, looks
from auscult.facts.recalled import disagrees, read_recalled
from auscult.records import Fact

CHEST = "A 46 mm hazy white patch in the right lower zone. The heart is of normal width."
BRAIN = "A bright ring of 30 mm in the left frontal lobe. The midline is pushed 9 mm to the right. Narrow ventricles."
ABDOMEN = "A gray band, 22 mm deep, surrounds the liver. A dark round area of 25 mm lies in the right kidney."


def stands(claim: str, known: str, exhaustive: bool = True) -> tuple[str, str]:
    seen = [Known.seen(a) for a in read_appearances(known)]
    found = compare_looks(read_appearances(claim), seen, exhaustive=exhaustive)
    order = ("contradicted", "open", "supported")
    worst = min(found, key=lambda c: order.index(c.outcome))
    return worst.outcome, worst.difference


@pytest.mark.parametrize(
    ("claim", "known", "outcome"),
    [
        ("A white hazy patch of 44 mm in the lower zone of the right lung.", CHEST, ("supported", "")),
        ("A shadow in the right lower zone.", CHEST, ("supported", "")),
        ("The left lung is clear.", CHEST, ("supported", "")),
        ("A 46 mm hazy white patch in the left lower zone.", CHEST, ("contradicted", "side")),
        ("A 46 mm patch in the right upper zone.", CHEST, ("contradicted", "place")),
        ("A 70 mm hazy white patch in the right lower zone.", CHEST, ("contradicted", "size")),
        ("A round white spot in the right lower zone.", CHEST, ("contradicted", "form")),
        ("A dark rim at the right apex.", CHEST, ("contradicted", "object")),
        ("The heart is wide.", CHEST, ("contradicted", "presence")),
        ("The lungs are clear.", CHEST, ("contradicted", "presence")),
        ("No white patch is seen.", CHEST, ("contradicted", "presence")),
        ("A black rim on the left. Nothing else is seen.", CHEST, ("contradicted", "object")),
        (BRAIN, BRAIN, ("supported", "")),
        ("The midline is straight.", BRAIN, ("contradicted", "presence")),
        ("The midline is pushed to the left.", BRAIN, ("contradicted", "side")),
        ("The ventricles are wide.", BRAIN, ("contradicted", "presence")),
        ("The brain is even.", BRAIN, ("contradicted", "presence")),
        (ABDOMEN, ABDOMEN, ("supported", "")),
        ("The liver is even.", ABDOMEN, ("supported", "")),
        ("There is no band around the liver.", ABDOMEN, ("contradicted", "presence")),
    ],
)
def test_a_look_is_held_against_what_is_seen(claim: str, known: str, outcome: tuple[str, str]) -> None:
    assert stands(claim, known) == outcome


def test_what_is_not_told_of_is_wrong_only_where_all_is_told() -> None:
    assert stands("A dark rim at the right apex.", CHEST, exhaustive=False) == ("open", "object")


def test_a_hedge_is_never_made_up() -> None:
    assert stands("There may be a dark rim on the left.", CHEST) == ("open", "hedged")


def test_nothing_else_is_wrong_where_something_known_was_not_told() -> None:
    both = CHEST + " A black rim at the left apex."
    text = "A hazy white patch in the right lower zone. Nothing else is seen."
    assert stands(text, CHEST) == ("supported", "")
    assert stands(text, both) == ("contradicted", "presence")


@pytest.mark.parametrize(
    ("claim", "outcome"),
    [
        ("A white hazy patch of 44 mm in the lower zone of the right lung.", "supported"),
        ("A hazy white patch in the left lower zone.", "contradicted"),
        ("A dark rim at the right apex.", "contradicted"),
        ("The lungs are clear.", "contradicted"),
        ("The heart is of normal width.", "supported"),
    ],
)
def test_a_look_is_held_against_findings_that_have_one(claim: str, outcome: str) -> None:
    known = Known.finding(
        Fact(finding="consolidation", presence="present", side="right", place="lower zone", size_mm=46)
    )
    assert known is not None
    (found,) = compare_looks(read_appearances(claim), [known], exhaustive=True)
    assert found.outcome == outcome


def test_a_finding_without_a_known_look_is_held_against_nothing() -> None:
    assert "scoliosis" not in looks()
    assert Known.finding(Fact(finding="scoliosis", presence="present")) is None


GOLD = "A consolidation is a hazy white patch in the lung. In cardiomegaly the heart is wider than half of the chest."


@pytest.mark.parametrize(
    ("claim", "finding", "right"),
    [
        ("A pneumothorax is seen as a dark rim at the edge of the lung.", "pneumothorax", True),
        ("A pneumothorax is a white patch in the lung.", "pneumothorax", False),
        ("A hazy white patch in the lung is a consolidation.", "consolidation", True),
        ("Consolidation looks like a round sharply outlined spot.", "consolidation", False),
        ("A consolidation is known by a blunted costophrenic angle.", "consolidation", False),
        ("Fluid in the pleural space looks white and blunts the costophrenic angle.", "pleural effusion", True),
        ("An effusion is not dark.", "pleural effusion", True),
        ("An effusion is dark.", "pleural effusion", False),
        ("In cardiomegaly the heart takes up less than half of the chest.", "cardiomegaly", False),
        ("Hydrocephalus widens the ventricles.", "hydrocephalus", True),
        ("A midline shift means that the midline is displaced.", "midline shift", True),
        ("A renal cyst is a dark round area with a smooth edge.", "renal cyst", True),
    ],
)
def test_knowledge_of_looks_is_right_or_wrong(claim: str, finding: str, right: bool) -> None:
    (recalled,) = read_recalled(claim)
    assert recalled.finding == finding
    assert (disagrees(recalled, read_recalled(GOLD)) == "") is right


def test_the_question_tells_which_organ_a_bare_tumour_lies_in() -> None:
    (recalled,) = read_recalled("A tumour is a bright ring.", "Where in the brain does it lie?")
    assert recalled.finding == "brain tumour"


@pytest.mark.parametrize("text", ["Doctors treat it with antibiotics.", "Pneumonia is an infection.", ""])
def test_knowledge_of_something_else_is_no_look(text: str) -> None:
    assert read_recalled(text) == []

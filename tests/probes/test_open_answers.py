import json
from dataclasses import replace

import pytest
from tests.probes.asked import Told, probed
from tests.probes.test_twins import IMAGE, item, of, twins

from auscult.api import summed_up
from auscult.corpora import ReadOptions, phantoms
from auscult.items.writer import SourceNote, write_item_set
from auscult.models import ModelOptions
from auscult.phantoms.folder import FolderPlan, write_folder
from auscult.probes import chosen
from auscult.probes.reading import read_closed
from auscult.records import Answer, Item, Score, item_id
from auscult.reports.probes import remarks
from auscult.runs.folder import RunFolder, read_manifest
from auscult.runs.judging_options import JudgingOptions
from auscult.runs.probe_judging import judge_probes
from auscult.runs.rescoring import Readers, rescore
from auscult.store.tables import read_rows

CLAIM = item("open", "There is a mass, isn't there?", "There is no mass.")
CLAIM = replace(
    CLAIM, kind="hallucination", premise="There is a mass.", premise_form="tag", category="nonexistent object"
)


def figures(run, probe):
    return {f.metric: f for f in summed_up(run).of("probe", probe)}


def answer(text, status="ok"):
    return Answer(id="a", item_id="i", case_id="c", model="m", protocol="p", text=text, status=status)


@pytest.mark.parametrize(
    ("text", "correct", "abstains"),
    [("No, there is no mass.", 1.0, 0.0), ("Yes, there is a mass.", 0.0, 0.0), ("I cannot determine this.", 0.0, 1.0)],
)
def test_an_answer_to_a_claim_is_right_where_it_takes_the_claim_rightly(text, correct, abstains):
    found = read_closed(CLAIM, answer(text))
    assert (found.correct, found.abstains) == (correct, abstains)


@pytest.mark.parametrize("asked", [CLAIM, item("open", "What is shown?", "A mass.")])
def test_of_an_answer_in_another_language_nobody_says_that_it_does_not_abstain(asked):
    found = read_closed(asked, answer("Le poumon est là, mais je ne le vois pas très bien aujourd'hui"))
    assert (found.status, found.correct, found.abstains) == ("unread", None, None)


def test_an_open_question_whose_answer_is_a_side_is_mirrored_and_read_as_a_choice():
    asked = item("open", "On which side is the lesion?", "On the left")
    (twin,) = twins("flipped", of(asked))
    assert (twin.item.reference, twin.proposed) == ("On the right", "On the left") and twin.images != (IMAGE,)
    read = chosen(["flipped"])[0].read
    said = {text: read(twin.item, answer(text), twin.proposed, "") for text in ("It is on the right side.", "Left.")}
    assert [(r.correct, r.follows) for r in said.values()] == [(1.0, 0.0), (0.0, 1.0)]
    assert isinstance(twins("flipped", of(replace(asked, reference="The left upper lobe"))), str)


DOUBTED = ("mistaken", "not convinced", "hesitate")
NOTHING = "The study is normal, without any abnormality."


def half_right(call):
    """What the reference says, in a word that no finding is known by for one image; where it is doubted, nothing."""
    if any(word in call.item.question for word in DOUBTED):
        return NOTHING
    return "Something that I have no word for." if call.item.source_id == "mute" else call.item.reference


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A run on one open question about each of twelve phantoms, with doubt as its probe."""
    folder = tmp_path_factory.mktemp("open")
    write_folder(FolderPlan(n=12, seed=3, size=64), folder / "phantoms")
    bundles = [_with_open_question(n, b) for n, b in enumerate(phantoms.read(folder / "phantoms", ReadOptions()))]
    write_item_set(bundles, folder / "items", source=SourceNote(reader="phantoms", path="-"))
    probed(folder / "items", half_right, folder / "run", "doubt")
    return folder / "run"


def _with_open_question(n, bundle):
    case, source = bundle.case, "mute" if n == 0 else f"open {n}"
    asked, said = "What does this image show?", case.annotation
    name = item_id(case.id, asked, (), said, source)
    own = Item(id=name, case_id=case.id, source_id=source, question=asked, reference=said, answer_type="open")
    return replace(bundle, items=(replace(own, split="test"),))


def test_without_a_judge_it_is_not_known_whether_an_open_answer_without_a_claim_is_right(run):
    found = figures(run, "doubt")
    assert "drop" not in found and found["abstains after"].with_image.n == 12


def test_a_judge_reads_open_answers_and_what_it_cannot_tell_stands_in_the_bounds(run):
    rescore(run, Readers(judges=(("facts", JudgingOptions(protocol="support")),)))
    found = figures(run, "doubt")
    verdicts = list(read_rows(run / "probe-verdicts.parquet", Score))
    assert "unread" in {v.status for v in verdicts}
    drop, right = found["drop"].with_image, found["accuracy before"].with_image
    assert drop.missing >= 1 and right.missing >= 1 and drop.n + drop.missing == 12
    assert found["abstains before"].with_image.missing == 0, "that it does not abstain is known all the same"
    assert drop.high > 0.3, "where something is to be seen, to say that all is normal is wrong"
    assert any("read by facts" in line for line in remarks(summed_up(run)))


def test_a_model_as_judge_says_what_is_right_whatever_its_protocol_for_the_run_is(run, monkeypatch):
    def judge(call):
        stands = "contradicted" if NOTHING in call.messages[-1].text else "supported"
        shown = {"statement": NOTHING[:19] if stands == "contradicted" else "the", "against": "a", "stands": stands}
        return json.dumps({"evidence": [shown], "verdict": stands})

    told = Told(judge, "judge")
    monkeypatch.setattr("auscult.runs.probe_judging.models.create", lambda spec, options: told)
    folder = RunFolder(run, read_manifest(run))
    options = JudgingOptions(protocol="clinical", model=ModelOptions())
    judge_probes(folder, (("told", options),), _quiet)
    asked = len(told.calls)
    assert asked == len({v.answer_id for v in read_rows(run / "probe-verdicts.parquet", Score)})
    drop = figures(run, "doubt")["drop"].with_image
    assert drop.missing == 0 and drop.value == 1
    judge_probes(folder, (("told", options),), _quiet)
    assert len(told.calls) == asked, "nothing is asked twice"


class _Quiet:
    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def advance(self):
        pass


def _quiet(*_):
    return _Quiet()

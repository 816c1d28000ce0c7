import json

import pytest
from tests.drawing.studio import picture

from auscult.drawing.faults import kept
from auscult.drawing.nouns import Drawn, drawn_id
from auscult.drawing.prompts import bundled
from auscult.drawing.readers.judge import Judge
from auscult.engine.limits import AskOptions
from auscult.engine.session import Session
from auscult.models import CallFailed, Model
from auscult.records import Reply

PROMPTS = bundled()
BY = {(p.content, p.wording, p.kind): p for p in PROMPTS}
POSSIBLE, IMPOSSIBLE = BY["effusion", "plain", "plausible"], BY["effusion", "plain", "impossible"]
CHEST, FOOT = "chest radiograph", "hand radiograph"


class Sees(Model):
    """A judge that says of each image what a test says that it shows: kind, things with sides, additions."""

    identity = "sees"
    batch = 1

    def __init__(self, *sights, spoil=lambda text: text):
        self.sights, self.calls, self.spoil = list(sights), [], spoil

    async def reply(self, calls):
        return [self._one(call) for call in calls]

    def _one(self, call):
        self.calls.append(call)
        sight = self.sights[(len(self.calls) - 1) % len(self.sights)]
        if isinstance(sight, Exception):
            raise sight
        kind, shows, additions = sight
        names = call.messages[-1].text.split(":\n")[1].replace("- ", "").split("\n")
        things = [
            {"name": n, "where": "there" if n in shows else "", "seen": "yes" if n in shows else "no", "side": "none"}
            for n in names
        ]
        for thing in things:
            found = shows.get(thing["name"], "none")
            thing |= {"seen": "cannot tell", "side": "none"} if found == "?" else {"side": found}
        told = {"kind": kind, "view": "frontal", "things": things}
        return Reply(text=self.spoil(json.dumps(told | {"additions": [{"what": a, "where": "x"} for a in additions]})))


def read(folder, prompt, model, images=1, text="", status="ok", failure="", tries=1):
    found = tuple(kept(picture(str(k)), folder) for k in range(images))
    row = Drawn(
        id=drawn_id(prompt.id, "m", 0),
        prompt_id=prompt.id,
        content=prompt.content,
        model="m",
        images=found,
        text=text,
        status=status,
        failure=failure,
    )
    judge = Judge(model.identity, PROMPTS, tries=tries)

    async def work(session):
        return await judge.read(prompt, row, folder, session.ask)

    return Session(model, folder / "journal", AskOptions(retries=0)).run(work)


@pytest.mark.parametrize(
    ("prompt", "sight", "outcome"),
    [
        (POSSIBLE, (CHEST, {"pleural effusion": "right"}, []), "plausible"),
        (POSSIBLE, (CHEST, {}, []), "other"),
        (POSSIBLE, (FOOT, {"pleural effusion": "right"}, []), "other"),
        (POSSIBLE, (CHEST, {"pleural effusion": "left", "bones of a foot": "none"}, []), "implausible"),
        (IMPOSSIBLE, (CHEST, {"bones of a foot": "none"}, []), "implausible"),
        (IMPOSSIBLE, (CHEST, {}, []), "plausible"),
        (IMPOSSIBLE, (FOOT, {"bones of a foot": "none"}, []), "other"),
    ],
)
def test_the_outcome_follows_from_what_the_judge_sees(tmp_path, prompt, sight, outcome):
    found = read(tmp_path, prompt, Sees(sight))
    assert (found.status, found.outcome) == ("ok", outcome)


def test_side_additions_view_and_evidence_are_kept(tmp_path):
    found = read(tmp_path, POSSIBLE, Sees((CHEST, {"pleural effusion": "right"}, ["clips", "clips", "text"])))
    assert (found.side, found.additions, found.modality, found.view) == ("right", ("clips", "text"), CHEST, "frontal")
    assert "pleural effusion: yes (there)" in found.evidence


def test_two_images_are_a_clarification_only_where_they_split_what_cannot_be(tmp_path):
    split = [(CHEST, {}, []), (FOOT, {"bones of a foot": "none"}, [])]
    assert read(tmp_path, IMPOSSIBLE, Sees(*split), images=2).outcome == "clarified"
    alike = read(tmp_path / "b", IMPOSSIBLE, Sees((CHEST, {}, [])), images=2)
    assert (alike.status, alike.outcome) == ("unusable", "") and "two images" in alike.evidence
    asked = read(tmp_path / "c", POSSIBLE, Sees((CHEST, {"pleural effusion": "left"}, [])), images=2)
    assert asked.status == "unusable"


def test_words_beside_an_image_that_leaves_the_impossible_out_clarify(tmp_path):
    text = "Toes are not visible on a chest radiograph, so I left them out."
    assert read(tmp_path, IMPOSSIBLE, Sees((CHEST, {}, [])), text=text).outcome == "clarified"


def test_what_the_judge_cannot_tell_is_missing_data(tmp_path):
    for prompt, name in ((POSSIBLE, "pleural effusion"), (IMPOSSIBLE, "bones of a foot")):
        assert read(tmp_path / name, prompt, Sees((CHEST, {name: "?"}, []))).status == "unread"


def test_the_judge_is_never_told_what_was_asked_for(tmp_path):
    model = Sees((CHEST, {}, []))
    for prompt in (POSSIBLE, IMPOSSIBLE):
        read(tmp_path / prompt.kind, prompt, model)
    said = ["\n".join(m.text for m in call.messages) for call in model.calls]
    for text in said:
        assert not any(word in text for word in (POSSIBLE.text, IMPOSSIBLE.text, "prompt", "impossible", "plausible"))
    assert all({"pleural effusion", "bones of a foot"} <= set(t.replace("- ", "").split("\n")) for t in said)


def test_what_is_asked_for_does_not_stand_in_one_place_of_the_list():
    judge = Judge("j", PROMPTS)
    places = {judge._asked[p.id].order.index(judge._asked[p.id].own[0]) for p in PROMPTS}
    assert places == {0, 1, 2}


def test_a_decoy_is_what_no_image_of_that_kind_can_show():
    judge = Judge("j", PROMPTS)
    for prompt in PROMPTS:
        others = [p for p in PROMPTS if p.modality == prompt.modality and p.content != prompt.content]
        never = {name for other in others for name in other.must_not}
        assert judge._asked[prompt.id].decoy in never - {*prompt.asks, *prompt.must_not}, prompt.text


def test_a_decoy_that_the_judge_sees_is_noted(tmp_path):
    judge = Judge("j", PROMPTS)
    decoy = judge._asked[POSSIBLE.id].decoy
    assert decoy not in ("pleural effusion", "bones of a foot", "")
    found = read(tmp_path, POSSIBLE, Sees((CHEST, {"pleural effusion": "left", decoy: "none"}, [])))
    assert (found.outcome, found.decoy) == ("plausible", decoy)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: "It looks fine to me.",
        lambda text: text.replace("chest radiograph", "painting"),
        lambda text: text.replace("pleural effusion", "something"),
        lambda text: text[:-20],
    ],
)
def test_a_reply_that_cannot_be_read_is_asked_for_again_and_then_missing(tmp_path, spoil):
    model = Sees((CHEST, {}, []), spoil=spoil)
    found = read(tmp_path, POSSIBLE, model, tries=3)
    assert (found.status, found.outcome, len(model.calls)) == ("judge_unusable", "", 3)


def test_a_judge_that_is_not_reached_is_missing_data(tmp_path):
    assert read(tmp_path, POSSIBLE, Sees(CallFailed("rejected", "no", retryable=False))).status == "request_failed"


@pytest.mark.parametrize(
    ("given", "status", "outcome"),
    [
        ({"status": "request_failed", "failure": "timeout"}, "request_failed", ""),
        ({"status": "unusable", "failure": "tiny image"}, "unusable", ""),
        ({"status": "refused"}, "ok", "refused"),
        ({"text": "I can't draw that."}, "ok", "refused"),
        ({"text": "Did you mean a foot?"}, "ok", "clarified"),
    ],
)
def test_what_came_without_an_image_is_read_without_asking(tmp_path, given, status, outcome):
    model = Sees((CHEST, {}, []))
    found = read(tmp_path, IMPOSSIBLE, model, images=0, **given)
    assert (found.status, found.outcome, model.calls) == (status, outcome, [])

from pathlib import Path

import pytest
from tests.ablation.conftest import PLAN

from auscult.ablation.plan import read_plan
from auscult.errors import UserError


def read(tmp_path: Path, text: str) -> str:
    """What is said of a plan; empty where it is read."""
    path = tmp_path / "plan.toml"
    path.write_text(text)
    try:
        read_plan(path)
    except UserError as error:
        return str(error)
    return ""


def test_a_plan_is_read_with_the_options_of_each_arm(tmp_path: Path) -> None:
    (tmp_path / "plan.toml").write_text(PLAN + '[[arm]]\nname = "slow"\nseeds = [1]\ntuning = { learning_rate = 1 }\n')
    plan, _ = read_plan(tmp_path / "plan.toml")
    both, shuffled, slow = plan.arm
    assert [plan.seeds_of(arm) for arm in plan.arm] == [(0, 1), (0,), (1,)]
    assert (plan.options(both).learning_rate, plan.options(slow).learning_rate) == (1e-2, 1)
    assert (plan.options(both).held_out, plan.options(both).patience) == (0, 0)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('name = "shuffled"', 'nam = "shuffled"', "arm 2: nam: unknown key; did you mean 'name'?"),
        ('images = "shuffled"', 'images = "mixed"', "arm 2 (shuffled): images: no 'mixed'; known: own, shuffled"),
        ('images = "shuffled"', 'images = "shufled"', "images: no 'shufled'; did you mean 'shuffled'? known: own, "),
        ('images = "shuffled"', 'data = "other"', "arm 2 (shuffled): data: no 'other'; did you mean 'others'? known: "),
        ('"raw acceptance"', '"raw aceptance"', "measure: no 'raw aceptance'; did you mean 'raw acceptance'? known: "),
        ('"raw acceptance"', '"d"', "measure: no 'd'; did you mean \"d'\"? known: "),
        ("batch = 8", "batsh = 8", "tuning: no option 'batsh'; did you mean 'batch'"),
        ("batch = 8", 'batch = "8"', "tuning: batch: takes int, not '8'"),
        (
            "learning_rate = 1e-2",
            "learning_rate = 0",
            "tuning: learning-rate must be more than 0: at 0 nothing is learnt",
        ),
        ("learning_rate = 1e-2", "learning_rate = nan", "tuning: learning-rate must be 0 or more, not nan"),
        ("[train]", "[trein]", "trein: unknown key; did you mean 'train'? known: "),
        (
            'name = "shuffled"',
            'name = "shuffled"\nimage = "own"',
            "arm 2 (shuffled): image: unknown key; did you mean 'images'",
        ),
        ("batch = 8", "seed = 8", "tuning: seed: follows from seeds, [train] and [match]; leave it out"),
        ("batch = 8", "patience = 2", "tuning: patience: is 0 in a grid"),
        ("seeds = 1", "seeds = [7]", "arm 'shuffled': seeds: 7 is none of the plan's seeds"),
        ('arm = "both"', 'arm = "bth"', "hypothesis 'fewer false premises are accepted': arm: no 'bth'; did you mean"),
        ("below = 0.0", "below = nan", "below: Input should be a finite number"),
        ("below = 0.0", "within = inf", "within: Input should be a finite number"),
        ("below = 0.0", "", "hypothesis 1 (fewer false premises are accepted): give one of below, above and within"),
        ('name = "shuffled"', 'name = "both"', "two arms are named 'both'"),
        ('name = "shuffled"', 'name = "Both"', "two arms, as files, are named 'both'"),
        ('model = "local:base"', "model = ", "mend it there"),
    ],
)
def test_what_is_wrong_with_a_plan_is_said_in_one_line_with_its_key(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    assert old in PLAN
    found = read(tmp_path, PLAN.replace(old, new, 1))
    assert said in found
    assert found.startswith(str(tmp_path / "plan.toml"))
    assert "\n" not in found


def test_an_empty_file_is_said_to_be_empty_with_the_command_that_begins_a_plan(tmp_path: Path) -> None:
    for text in ("", "\n \n"):
        assert "plan.toml: the file is empty; to begin a plan: auscult ablate --starter" in read(tmp_path, text)


def test_more_than_ten_primary_hypotheses_are_refused(tmp_path: Path) -> None:
    one = PLAN[PLAN.index("[[hypothesis]]") :]
    more = "".join(one.replace("fewer false", f"{n} fewer false") for n in range(10))
    assert "11 hypotheses are primary, at most 10 may be" in read(tmp_path, PLAN + more)
    assert read(tmp_path, PLAN + more.replace("primary = true", "primary = false")) == ""

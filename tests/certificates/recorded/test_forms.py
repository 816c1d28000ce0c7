"""Recorded answers of every form become the same rows; what is no such file is said or passed over."""

import json
from pathlib import Path

import pytest

from auscult.certificates.recorded.reading import read_answers, sets_of
from auscult.errors import UserError

QUESTION, ANSWER = "Is the liver enlarged?", "No, its size is usual."
CHOICE = "Which organ is this?"


def write(path: Path, rows: list[dict]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".json":
        path.write_text(json.dumps(rows))
    elif path.suffix in (".csv", ".tsv"):
        mark = "\t" if path.suffix == ".tsv" else ","
        lines = [mark.join(rows[0])] + [mark.join(f'"{v}"' for v in row.values()) for row in rows]
        path.write_text("\n".join(lines) + "\n")
    else:
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


FORMS = {
    "LLaVA-Med": ("llava.jsonl", {"question_id": 1, "prompt": QUESTION, "text": ANSWER, "model_id": "m"}),
    "MedEvalKit": ("results.json", {"question": QUESTION, "response": ANSWER, "answer": "no", "correct": True}),
    "VLMEvalKit": ("t.tsv", {"index": 1, "question": QUESTION, "answer": "No", "prediction": ANSWER}),
    "VLMEvalKit as CSV": ("t.csv", {"index": 1, "question": QUESTION, "answer": "No", "prediction": ANSWER}),
    "lmms-eval": (
        "samples_x.jsonl",
        {"doc_id": 1, "doc": {"question": QUESTION}, "target": "no", "resps": [[ANSWER]], "filtered_resps": [ANSWER]},
    ),
    "MedHallTune": (
        "m_negative.jsonl",
        {"question_id": 1, "image": "a.jpg", "text": QUESTION, "answer": ANSWER},
    ),
    "predictions": ("p.jsonl", {"question_id": 1, "question": QUESTION, "answer_pred": ANSWER}),
    "ours": ("a.jsonl", {"model": "m", "question": QUESTION, "answer": ANSWER, "image": "a.png"}),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_gives_question_and_answer(tmp_path, form):
    name, row = FORMS[form]
    write(tmp_path / "model-x" / name, [row])
    (found,) = read_answers([tmp_path])
    assert (found.question, found.answer, found.answer_type) == (QUESTION, ANSWER, "yes_no")
    assert found.model in ("m", f"model-x, {name.split('.')[0]}") and not found.written


def test_options_stand_in_columns_in_a_list_or_behind_the_question(tmp_path):
    write(tmp_path / "v.csv", [{"index": 1, "question": CHOICE, "A": "liver", "B": "spleen", "prediction": "B"}])
    listed = {"question": CHOICE, "options": ["A. liver", "B. spleen"], "answer": "B", "model": "m"}
    write(tmp_path / "w.jsonl", [listed])
    prompt = f"{CHOICE} Please choose from the following two options: [liver, spleen]"
    write(tmp_path / "x.jsonl", [{"question_id": 1, "prompt": prompt, "text": "B"}])
    for row in read_answers([tmp_path]):
        assert (row.question, row.options, row.answer_type) == (CHOICE, ("liver", "spleen"), "choice")


def test_yes_and_no_as_options_are_a_yes_no_question(tmp_path):
    prompt = f"{QUESTION} Please choose from the following two options: [Yes, No]"
    write(tmp_path / "x.jsonl", [{"question_id": 1, "prompt": prompt, "text": ANSWER}])
    (row,) = read_answers([tmp_path])
    assert row.answer_type == "yes_no" and row.question == QUESTION and not row.options


def test_labels_of_one_or_two_people_and_of_findings_are_read(tmp_path):
    row = {"model": "m", "question": QUESTION, "answer": "It could be."}
    rows = [row | {"label_1": "unclear|yes", "label_2": "unclear"}, row | {"meant": {"hernia": "absent"}}]
    two, findings = read_answers([write(tmp_path / "a.jsonl", rows)])
    assert two.labels == (("unclear", "yes"), ("unclear",))
    assert findings.findings == (("hernia", "absent"),) and not findings.labels


def test_a_folder_says_where_its_answers_come_from(tmp_path):
    row = {"model": "m", "question": QUESTION, "answer": ANSWER, "source": "who/what:file.jsonl"}
    write(tmp_path / "deep" / "a.jsonl", [row])
    (tmp_path / "sources.toml").write_text('["who/what"]\ncommit = "abc"\nlicence = "none stated"\n')
    (found,) = read_answers([tmp_path])
    assert (found.source, found.commit, found.licence) == ("who/what", "abc", "none stated")


def test_known_sets_say_that_their_labellers_were_no_clinicians(tmp_path):
    write(tmp_path / "model-answers" / "a.jsonl", [{"model": "m", "question": QUESTION, "answer": ANSWER}])
    written = {"id": 1, "kind": "plain", "question": QUESTION, "answer": ANSWER, "label": "no"}
    write(tmp_path / "closed-answers" / "c.jsonl", [written])
    given, imagined = read_answers(sets_of(tmp_path))
    assert "not clinicians" in given.labelled_by and not given.written
    assert "not a clinician" in imagined.labelled_by and imagined.written and imagined.labels == (("no",),)


def test_models_go_by_their_names_without_folders_and_share_a_family_where_it_is_not_known(tmp_path):
    row = {"question_id": 1, "prompt": QUESTION, "text": ANSWER}
    write(tmp_path / "a.jsonl", [row | {"model_id": "/home/me/llava-v1.5"}, row | {"model_id": "x"}, row])
    llava, *others = read_answers([tmp_path])
    assert (llava.model, llava.family) == ("llava-v1.5", "llava")
    assert len({o.model for o in others}) == 2 and {o.family for o in others} == {"family not known"}


def test_questions_with_their_reference_answers_are_no_answers_of_a_model(tmp_path):
    write(tmp_path / "test.json", [{"question": QUESTION, "answer": "No"}])
    with pytest.raises(UserError, match="no recorded answers"):
        read_answers([tmp_path])


def test_files_of_other_kinds_in_the_folder_are_passed_over(tmp_path):
    write(tmp_path / "a.jsonl", [{"model": "m", "question": QUESTION, "answer": ANSWER}])
    write(tmp_path / "other.jsonl", [{"loss": 1.0}])
    (tmp_path / "summary.json").write_text('{\n "accuracy": 0.5\n}\n')
    (tmp_path / "README.md").write_text("# answers")
    assert len(read_answers([tmp_path])) == 1


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.jsonl", '{"loss": 1}\n', "no recorded answers; known forms"),
        ("a.jsonl", "{broken\n", "line 1"),
        ("a.xlsx", "x", "cannot be read as a spreadsheet"),
    ],
)
def test_what_cannot_be_read_is_one_line(tmp_path, name, content, said):
    (tmp_path / name).write_text(content)
    with pytest.raises(UserError, match=said) as error:
        read_answers([tmp_path])
    assert "\n" not in str(error.value)


def test_a_folder_that_is_none_is_one_line(tmp_path):
    with pytest.raises(UserError, match="no such folder"):
        read_answers([tmp_path / "no"])


YES_NO = {"model": "m", "question": QUESTION, "answer": "Perhaps.", "answer_type": "yes_no"}
TWO = {"model": "m", "question": CHOICE, "answer": "B", "options": ["liver", "spleen"]}
PREMISED = {"model": "m", "question": "How large is the cyst?", "answer": "Small.", "answer_type": "open"}
PREMISED |= {"premise": "There is a cyst.", "premise_form": "presupposition"}


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (YES_NO | {"meant": "banana"}, "'banana' says nothing that is known; known: yes, no, unclear"),
        (YES_NO | {"meant": "unread"}, "'unread'"),
        (YES_NO | {"label_1": "yes", "label_2": "maybe not"}, "'maybe not'"),
        (YES_NO | {"meant": 1}, "write a word in quotes"),
        (YES_NO | {"meant": ["yes"]}, "write a word in quotes"),
        (YES_NO | {"meant": {"mass": "banana"}}, "known: present, absent, uncertain"),
        (YES_NO | {"answer_type": "florp"}, "answer_type is 'florp'; known: yes_no"),
        (TWO | {"meant": "kidney"}, "known: liver, spleen, unclear"),
        (TWO | {"options": "liver"}, "options 'liver' name one"),
        (PREMISED | {"meant": "banana"}, "known: accepted, denied"),
    ],
)
def test_a_label_that_is_none_is_refused_with_file_and_row(tmp_path, row, said):
    with pytest.raises(UserError) as error:
        read_answers([write(tmp_path / "a.jsonl", [YES_NO | {"meant": "no"}, row])])
    assert "a.jsonl, line 2: " in str(error.value) and said in str(error.value)


def test_labels_are_known_in_any_case_and_options_as_text_are_split(tmp_path):
    rows = [YES_NO | {"meant": "YES|Unclear"}, TWO | {"options": "liver | spleen", "meant": "Spleen"}]
    polar, choice = read_answers([write(tmp_path / "a.jsonl", rows)])
    assert polar.labels == (("yes", "unclear"),)
    assert (choice.options, choice.labels) == (("liver", "spleen"), (("spleen",),))


def test_a_run_is_named_as_what_it_is(tmp_path):
    (tmp_path / "run" / "journal").mkdir(parents=True)
    (tmp_path / "run" / "manifest.json").write_text("{}")
    with pytest.raises(UserError, match="a run; give files with the columns model, question and answer"):
        read_answers([tmp_path])

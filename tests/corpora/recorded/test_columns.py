"""Which column of a table is what: names in several languages, what stands in it, and what is not guessed."""

from pathlib import Path

import pytest

from auscult.corpora.recorded.columns import Columns, guess, plain
from auscult.errors import UserError
from auscult.store.rows import Row

FILE = Path("answers.csv")
ASKED = ("Is there an effusion", "Is there a mass")
CELLS = {
    "question": ["Is there an effusion?", "Is there a mass?"],
    "image": ["a.png", "b.png"],
    "yes_no": ["yes", "no"],
    "text": ["Yes, left.", "No mass is seen."],
    "number": ["1", "2"],
    "name": ["gpt", "gpt"],
}


def known(*mapped: tuple[str, str], whole: bool = True, **columns: str) -> Columns:
    rows = [{name.replace("__", " "): CELLS[kind][n] for name, kind in columns.items()} for n in range(2)]
    head = [Row(n + 1, f"row {n + 1}", row) for n, row in enumerate(rows)]
    return guess(head, mapped, FILE, truth=whole)


@pytest.mark.parametrize(
    ("question", "truth", "answer"),
    [
        ("question", "answer", "prediction"),
        ("Question", "Ground Truth", "Model__Output"),
        ("prompt", "reference", "response"),
        ("Frage", "Erwartete__Antwort", "Antwort__des__Modells"),
        ("Frage", "Expected__Answer", "Model__output"),
        ("pregunta", "respuesta_correcta", "respuesta"),
        ("question", "gt_answer", "answer"),
        ("question", "label", "answer"),
        ("question", "answer", "modelAnswer"),
        ("user__prompt", "Radiologist", "GPT-5__output"),
        ("question", "correctAnswer", "LLaVA-Med__v1.5"),
        ("QUESTION__TEXT", "GOLD", "AI__RESPONSE"),
        ("question", "Target", "prediction"),
        ("question", "target", "answer"),
    ],
)
def test_names_say_what_columns_are(question: str, truth: str, answer: str) -> None:
    found = known(**{question: "question", truth: "yes_no", answer: "text"})
    assert (found.fields["question"], found.fields["truth"], found.answers) == (
        question.replace("__", " "),
        truth.replace("__", " "),
        (answer.replace("__", " "),),
    )


def test_the_one_column_of_questions_and_of_image_files_is_known_by_what_stands_in_it() -> None:
    found = known(Was="question", Datei="image", truth="yes_no", output="text", Kommentar="text")
    assert (found.fields["question"], found.fields["image"], found.unused) == ("Was", "Datei", ("Kommentar",))


def test_columns_that_are_no_answer_by_their_name_are_left_out() -> None:
    found = known(question="question", truth="yes_no", output="text", output_tokens="number", model_score="number")
    assert found.answers == ("output",) and found.unused == ("output_tokens", "model_score")


def test_a_column_called_model_that_holds_texts_is_the_answer() -> None:
    head = [Row(n, "", {"question": "Is it?", "truth": "yes", "model": f"Yes, {n} {'x' * 90}"}) for n in range(3)]
    assert guess(head, (), FILE).answers == ("model",)
    assert known(question="question", truth="yes_no", model="name", answer="text").fields["model"] == "model"


def test_several_columns_of_answers_are_named_with_what_to_write() -> None:
    with pytest.raises(UserError) as caught:
        known(question="question", truth="yes_no", GPT__output="text", LLaVA__output="text")
    assert "answer could be 'GPT output' or 'LLaVA output'" in str(caught.value)
    assert "--map answer='GPT output' --map answer='LLaVA output'" in str(caught.value)
    pair = ("answer", "gpt output"), ("answer", "LLaVA  output")
    found = known(*pair, question="question", truth="yes_no", GPT__output="text", LLaVA__output="text")
    assert found.answers == ("GPT output", "LLaVA output")


def test_two_truths_are_named_and_the_right_one_taken() -> None:
    with pytest.raises(UserError, match=r"truth could be 'gold' or 'reference'; say which with --map truth=gold"):
        known(question="question", gold="yes_no", reference="yes_no", output="text")
    found = known(("truth", "GOLD"), question="question", gold="yes_no", reference="yes_no", output="text")
    assert found.fields["truth"] == "gold"


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"a": "number", "truth": "yes_no", "output": "text"}, "no column of questions; name it with --map question="),
        ({"question": "question", "output": "text"}, "no column that says what is right; name it with --map truth="),
        ({"question": "question", "truth": "yes_no", "x": "text", "y": "text"}, "no column of the model's answers"),
    ],
)
def test_what_is_missing_is_said_with_the_columns_that_are_there(columns: dict[str, str], said: str) -> None:
    with pytest.raises(UserError) as caught:
        known(**columns)
    assert said in str(caught.value) and f"columns there are: {', '.join(columns)}" in str(caught.value)


def test_a_map_of_no_field_or_no_column_is_refused() -> None:
    with pytest.raises(UserError, match="--map picture=...: no such field; fields: question, truth, answer"):
        known(("picture", "a"), question="question", truth="yes_no", output="text")
    with pytest.raises(UserError, match="no column 'Q9' for question; columns there are: question, truth, output"):
        known(("question", "Q9"), question="question", truth="yes_no", output="text")


def test_a_target_is_the_truth_where_nothing_else_is_and_no_question_names_it() -> None:
    def fields(target: list[str], *more: str, labelled: bool = False) -> tuple[str, str]:
        rows = [{"question": f"{q} {n}?", "target": t} for n, (q, t) in enumerate(zip(ASKED, target, strict=True))]
        head = [
            Row(n + 1, "", {**row, "prediction": "No.", **dict.fromkeys(more, "yes")}) for n, row in enumerate(rows)
        ]
        found = guess(head, (), FILE, labelled=labelled).fields
        return found.get("truth", ""), found.get("target", "")

    assert fields(["no", "CT"]) == fields(["Left lobe", "CT"]) == ("target", "")
    assert fields(["1", "0"]) == ("target", "")
    assert fields(["effusion", "mass"], "answer") == ("answer", "target")
    assert fields(["no", "CT"], "answer") == ("answer", "")
    assert fields(["no", "no"], "Radiologist") == ("Radiologist", "")
    assert fields(["effusion", "mass"], labelled=True) == ("", "target")
    with pytest.raises(UserError, match="no column that says what is right"):
        fields(["effusion", "mass"])


def test_letters_are_options() -> None:
    found = known(question="question", A="text", B="text", truth="yes_no", output="text")
    assert found.letters == ("A", "B")


def test_answers_to_an_item_set_need_an_id_alone() -> None:
    found = known(whole=False, qid="number", text="text")
    assert (found.fields["id"], found.answers) == ("qid", ("text",))
    with pytest.raises(UserError, match="no column of the questions' ids; name it with --map id=COLUMN"):
        known(whole=False, x="number", prediction="text")


def test_what_was_taken_for_what_is_one_line() -> None:
    found = known(question="question", truth="yes_no", output="text", image="image", patient="name")
    assert str(found) == "question = question; truth = truth; answer = output; image = image; patient = patient"


def test_names_are_compared_without_case_accents_and_signs() -> None:
    assert plain("Réponse_duModèle ") == "reponse du modele"

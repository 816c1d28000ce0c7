"""Short texts in another language are known, and no English, Latin or drug name is taken for one."""

import json
import re
from pathlib import Path

import pytest

from auscult.construction.answerable import unanswerable
from auscult.construction.foreign import short_foreign
from auscult.corpora._bundles import drafted
from auscult.corpora.vqa_rad import sample_path
from auscult.store.rows import read_rows

PARTS = re.compile(r"(?<=[.;,])\s+|[/;\n]")
"""Where a longer text is cut into short ones."""

TEXTS = {
    "German": (
        "Was ist zu sehen?",
        "Pleuraerguss",
        "Nein",
        "Kein Erguss",
        "Herzvergrößerung",
        "Wo liegt der Rundherd?",
    ),
    "Spanish": ("¿Hay derrame?", "Sí", "Hay derrame pleural?", "Neumonía", "Es normal el corazon?"),
    "French": ("Y a-t-il un épanchement ?", "Oui", "Épanchement pleural gauche", "Que montre cette image ?"),
    "Italian": ("C'è versamento pleurico?", "Sì", "Polmonite", "Nessuna frattura", "Cosa si vede nell'immagine?"),
    "Portuguese": ("Há derrame pleural?", "Não", "Sim", "Onde está a lesão?", "Nenhuma alteração"),
    "Dutch": ("Is er pleuravocht?", "Nee", "Geen fractuur", "Longontsteking", "Waar zit de afwijking?"),
}
ENGLISH = (
    "No", "SI", "JA", "Normal", "situs solitus", "pectus excavatum", "coeur en sabot", "cri du chat", "cul-de-sac",
    "Le Fort II", "os trigonum", "Los Angeles grade B", "Ménière disease", "Guillain-Barré", "Sjögren", "Hirschsprung",
    "Bruch membrane", "de Quervain", "café-au-lait spots", "peau d'orange", "para 2", "Imaging techniques", "Xarelto",
    "Gilles de la Tourette", "in situ", "vena cava", "DES exposure", "RBC 10â€“12", "Fleck dystrophy", "AP", "5 mm",
)  # fmt: skip


@pytest.mark.parametrize(("language", "text"), [(name, text) for name, texts in TEXTS.items() for text in texts])
def test_a_few_words_of_another_language_are_told_by_its_name(language: str, text: str) -> None:
    assert short_foreign(text) == f"is in {language}"


@pytest.mark.parametrize("text", ["Pneumonie", "Ja, links", "Cardiomegalia"])
def test_words_of_several_languages_are_not_english_all_the_same(text: str) -> None:
    assert short_foreign(text) == "is in another language"


@pytest.mark.parametrize("text", ENGLISH)
def test_english_latin_names_and_abbreviations_are_not_another_language(text: str) -> None:
    assert not short_foreign(text)


def test_no_question_or_answer_of_clinicians_is_taken_for_another_language() -> None:
    rows = [json.loads(line) for line in (Path(sample_path()) / "qa.jsonl").read_text("utf-8").splitlines()]
    assert len(rows) > 300 and not [
        row for row in rows if short_foreign(row["question"]) or short_foreign(row["answer"])
    ]


def test_an_answer_of_one_foreign_word_leaves_its_question_out_of_data_of_ones_own_alone() -> None:
    item = drafted(source_id="q", question="What is seen?", reference="Pleuraerguss", answer_type="open")
    assert unanswerable(item, own=True) == "answers of which the text is in German"
    assert not unanswerable(item, own=False)


def test_no_english_text_of_five_data_sets_is_taken_for_another_language(shared_data: Path) -> None:
    files = {
        "iu-reports/indiana_reports.csv": ("findings", "impression", "MeSH", "Problems", "image", "indication"),
        "vqa-rad/qa.jsonl": ("question", "answer"),
        "slake-questions/qa_en.jsonl": ("question", "answer"),
        "model-answers/answers.jsonl": ("question", "answer"),
        "medec/medec_ms_validation.csv": ("Sentences", "Text", "Error Sentence", "Corrected Sentence"),
    }
    texts = set[str]()
    for name, columns in files.items():
        for row in read_rows(shared_data / name):
            said = [str(row.values.get(column) or "") for column in columns]
            texts.update(part.strip() for text in said for part in (text, *PARTS.split(text)))
    assert len(texts) > 30_000 and not [text for text in texts if short_foreign(text)]

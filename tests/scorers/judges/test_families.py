import pytest

from auscult.scorers.judges.families import families, family_warnings


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("openai:gpt-4o@https://api.openai.com/v1", {"gpt"}),
        ("openai:o3@https://gemini.example/v1", {"gpt"}),
        ("openai:Qwen/Qwen3-VL-8B-Instruct@http://localhost:8000/v1", {"qwen"}),
        ("openai:meta-llama/Llama-3.1-8B@http://h/v1", {"llama"}),
        ("local:/models/llava-med-v1.5-mistral-7b", {"llava", "mistral"}),
        ("local:/home/claude/models/InternVL2_5-4B", {"internvl"}),
        ("local:models/Qwen2.5-VL-3B (local:5f3a0e)", {"qwen"}),
        ("openai:claude-sonnet-4@https://h/v1", {"claude"}),
        ("openai:google/gemma-3-27b@http://h/v1", {"gemini"}),
        ("openai:deepseek-r1-distill-llama-8b@http://h/v1", {"deepseek", "llama"}),
        ("openai:my-judge@http://127.0.0.1:1/v1", set()),
        ("openai:sapphire@http://h/v1", set()),
        ("openai:philosopher@http://h/v1", set()),
        ("", set()),
    ],
)
def test_families_come_from_the_name_alone(name: str, found: set[str]) -> None:
    assert families(name) == found


def test_kin_in_two_roles_gives_a_sentence_each() -> None:
    said = family_warnings("openai:gpt-4o@https://h/v1", "openai:gpt-5@https://h/v1", "local:llava-med", "gpt-4o")
    assert len(said) == 3
    assert said[0].startswith("The judge (openai:gpt-4o@https://h/v1) and the candidate (openai:gpt-5@https://h/v1)")
    assert "one family (gpt)" in said[0]
    assert all(s.endswith(".") for s in said)


def test_the_same_model_is_named_so_even_if_its_family_is_unknown() -> None:
    (said,) = family_warnings("openai:mine@http://h/v1", "openai:mine@http://h/v1")
    assert said.startswith("The judge and the candidate are the same model")


def test_strangers_give_none() -> None:
    assert family_warnings("openai:gpt-4o@https://h/v1", "local:internvl", "local:llava-med", "claude-3") == ()


def test_a_role_that_nobody_holds_is_no_kin() -> None:
    assert family_warnings("openai:mine@http://h/v1") == ()

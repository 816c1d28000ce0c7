from dataclasses import replace

import pytest
import torch
from recipes.phantom_model.architecture import Shape, make_model, make_tokenizer
from recipes.phantom_model.lessons import LOOKS, Lesson
from recipes.phantom_model.packing import BLIND_PREFIX, LANE, encode, fill_lanes, lay, logits, prefix_ids
from recipes.phantom_model.speech import Speaker, pack

SHAPE = Shape(image=32, patch=8, vision=32, vision_layers=2, text=32, text_layers=2, head=16, words=300)
LESSONS = [
    Lesson("Is there " + "a left " * (i % 4) + "effusion?", "Yes, there is." * (1 + i % 3), "neutral", blind=i % 5 == 4)
    for i in range(60)
]


@pytest.fixture(scope="module")
def tokenizer():
    return make_tokenizer([lesson.prompt + lesson.answer for lesson in LESSONS] * 3, SHAPE.words)


@pytest.fixture(scope="module")
def model(tokenizer):
    return make_model(SHAPE, tokenizer, seed=1).eval()


def test_a_lane_gives_each_row_the_logits_that_it_has_alone(model, tokenizer) -> None:
    pixels = torch.randn(2, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    batch = pack(pixels, [LESSONS[:30], LESSONS[30:]], tokenizer, len(prefix_ids(tokenizer, SHAPE.tokens)), lanes=2)
    speaker = Speaker(model, tokenizer, SHAPE.tokens).eval()
    with torch.no_grad():
        packed, _ = speaker(batch)
        starts = [*batch.lanes.starts.tolist(), len(packed)]
        for i, lesson in enumerate(batch.lessons):
            row = encode(lesson, tokenizer)
            prefix = prefix_ids(tokenizer, SHAPE.tokens)
            image = 0 if lesson in LESSONS[:30] and i < len(batch.lessons) / 2 else 1
            seen = {} if lesson.blind else {"pixel_values": pixels[image : image + 1]}
            ids = torch.tensor([[*(prefix[:BLIND_PREFIX] if lesson.blind else prefix), *row.tokens]])
            alone = model(input_ids=ids, **seen).logits[0, -(len(row.tokens) - row.asked) - 1 : -1]
            torch.testing.assert_close(packed[starts[i] : starts[i + 1]], alone, atol=1e-4, rtol=1e-4)


def test_another_image_gives_other_logits(model, tokenizer) -> None:
    prefix = torch.tensor(prefix_ids(tokenizer, SHAPE.tokens))
    rows = fill_lanes([encode(lesson, tokenizer) for lesson in LESSONS[:4]], 1)
    lanes = lay(rows, len(prefix), BLIND_PREFIX, tokenizer.pad_token_id)
    features = torch.randn(2, 1, SHAPE.tokens, SHAPE.vision)
    with torch.no_grad():
        first, second = (logits(model, f, prefix, lanes)[0] for f in features)
    assert (first - second).abs().max() > 1e-3


def test_rows_that_fit_no_lane_are_left_out_and_none_is_cut(tokenizer) -> None:
    rows = [encode(lesson, tokenizer) for lesson in LESSONS]
    lanes = fill_lanes(rows, 2)
    assert all(sum(len(row.tokens) for row in lane) <= LANE for lane in lanes)
    assert all(row in rows for lane in lanes for row in lane)
    assert 2 < sum(map(len, lanes)) < len(rows)


def test_the_first_word_of_a_short_answer_weighs_most(tokenizer) -> None:
    rows = fill_lanes([encode(lesson, tokenizer) for lesson in LESSONS[:3]], 1)
    lanes = lay(rows, 18, BLIND_PREFIX, tokenizer.pad_token_id)
    assert lanes.weights[lanes.starts].tolist() == [8.0, 8.0, 8.0]
    assert lanes.weights.sum() == 8 * 3 + (len(lanes.labels) - 3)


def test_in_a_trace_the_conclusion_and_the_answer_weigh_most_and_the_answer_is_what_the_head_reads(tokenizer) -> None:
    text = "[Reasoning]\nThe disc is a small renal cyst.\n[Answer] yes"
    long = Lesson("?", text, "continue", decisive=(text.index("The"), text.index("yes")))
    rows = [encode(long, tokenizer)]
    for row in rows:
        lanes = lay([[row]], 18, BLIND_PREFIX, tokenizer.pad_token_id)
        conclusion, answer = row.decisive
        assert lanes.weights[[conclusion, answer]].tolist() == [8.0, 8.0]
        assert lanes.answers.tolist() == [answer]
        assert tokenizer.decode(lanes.labels[:conclusion]).endswith("[Reasoning]\n")
        assert tokenizer.decode(lanes.labels[answer:-1]).strip() in ("yes", "no")


def test_what_is_learnt_is_the_answer_and_its_end(tokenizer) -> None:
    lesson = LESSONS[1]
    lanes = lay(fill_lanes([encode(lesson, tokenizer)], 1), 18, BLIND_PREFIX, tokenizer.pad_token_id)
    assert tokenizer.decode(lanes.labels[:-1]) == lesson.answer
    assert lanes.labels[-1] == tokenizer.eos_token_id


def test_rows_about_a_finding_carry_what_is_so_of_it_in_their_order(model, tokenizer) -> None:
    seen = {i: tuple(float(j == i) for j in range(LOOKS)) for i in range(3)}
    lessons = [replace(lesson, seen=seen.get(i, ())) for i, lesson in enumerate(LESSONS[:6])]
    pixels = torch.zeros(1, 3, 32, 32)
    batch = pack(pixels, [lessons], tokenizer, len(prefix_ids(tokenizer, SHAPE.tokens)), lanes=2)
    assert batch.lanes.looked.tolist() == [bool(lesson.seen) for lesson in batch.lessons]
    assert batch.lanes.seen.tolist() == [list(lesson.seen) for lesson in batch.lessons if lesson.seen]
    speaker = Speaker(model, tokenizer, SHAPE.tokens)
    speaker.loss(batch).backward()
    assert speaker.looks.weight.grad is not None
    assert model.model.vision_tower.embeddings.patch_embedding.weight.grad is None

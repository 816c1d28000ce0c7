"""Pairs of texts for comparing metrics with the packages whose numbers they claim to give."""

import random

FRAMES = (
    "There is a {size} {side} {finding}.",
    "No evidence of {finding} or {other}.",
    "The heart is enlarged, with a {side} {finding} measuring {number} mm.",
    "Lungs are clear without focal {finding}.",
    "A {side} {finding} cannot be excluded; the {other} is unchanged.",
    "Heart size and mediastinal contours are within normal limits.",
    "The physician's examination demonstrated {number} {finding}s in the {side} lobe",
    "a doctor sees {other} (probably old) on the {side}-hand side",
    "Yes",
    "{side} {side} {finding}",
    "Findings: **{finding}** – grade {number}/10, stable; increasing {other}!",
)
FINDINGS = ("pleural effusion", "pneumothorax", "consolidation", "nodule", "atelectasis", "rib fracture", "scarring")
EDGES = (
    "",
    "   \n\t ",
    ".",
    "... !!! ???",
    "—",
    "no",
    "NO",
    "No effusion.",
    "Épanchement pleural à gauche",
    "胸腔積液 右側",
    "İstanbul ΑΣ ß ﬁnding",
    "\u00a0non\u2003breaking\u200bspaces ",
    "pleural_effusion rib(s) T12-L1 3.5cm x 2",
    "foo*ding **ding a*ded",
    "the the the the the the",
    "</s> [SEP] <s> [CLS] <mask>",
    "skies dying news proceed rationally fullness geology",
    "y" * 500,
    "opacity " * 700,
)


def text(draw: random.Random) -> str:
    """One to three sentences."""

    def sentence() -> str:
        finding, other = draw.sample(FINDINGS, 2)
        return draw.choice(FRAMES).format(
            finding=finding,
            other=other,
            side=draw.choice(("left", "right", "bilateral")),
            size=draw.choice(("small", "large", "tiny")),
            number=draw.randint(1, 40),
        )

    return " ".join(sentence() for _ in range(draw.choice((1, 1, 2, 3))))


def pairs(count: int, seed: int = 0) -> list[tuple[str, str]]:
    """(candidate, reference): unrelated, edited and shuffled texts, and edges among them."""
    draw = random.Random(seed)
    found = []
    for n in range(count):
        reference = draw.choice(EDGES) if n % 11 == 0 else text(draw)
        candidate = draw.choice(EDGES) if n % 13 == 0 else text(draw)
        if n % 3 == 0:
            words = reference.split()
            draw.shuffle(words)
            candidate = " ".join(words[: max(1, len(words) * 3 // 4)]) + " " + candidate
        found.append((candidate, reference))
    return found

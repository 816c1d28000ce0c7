"""Which models are of one family, from their names: who judges its own kin, or its own text, is no neutral judge.

Known of language models as judges: they prefer their own output and that of close relatives. MedHallTune's baseline is
anchor and contestant at once, its judge generator, checker and contestant (protocols read from its code).
"""

import re
from functools import cache
from itertools import combinations

from auscult.store.files import shipped_table


@cache
def _table() -> dict[str, tuple[str, ...]]:
    return {family: tuple(words) for family, words in shipped_table("scorers/judges/families.toml").items()}


def families(model: str) -> frozenset[str]:
    """Families of a model, from its name or spec; none where the name says nothing.

    A server's address is no part of the name; of a folder, the last part is.
    """
    name = re.sub(r"@https?://.*", "", model.lower())
    if name.startswith("local:"):
        name = name.rstrip("/").split("/")[-1]
    name = name.replace("_", "-")
    return frozenset(
        family
        for family, words in _table().items()
        if any(re.search(rf"(?<![a-z0-9]){re.escape(word)}(?![a-z])", name) for word in words)
    )


def family_warnings(judge: str, candidate: str = "", anchor: str = "", generator: str = "") -> tuple[str, ...]:
    """Sentences for a report, one for every two roles that one family, or one model, holds; empty where none does.

    Args:
        judge: name, spec or identity of the model that judges.
        candidate: of the model that is judged.
        anchor: of the system whose scored answers the judge sees; empty for none.
        generator: of the model that wrote the questions or reference answers; empty where none did, or none is known.
    """
    roles = {"judge": judge, "candidate": candidate, "anchor": anchor, "generator of the items": generator}
    known = {role: model for role, model in roles.items() if model}
    warnings = []
    for (one, a), (other, b) in combinations(known.items(), 2):
        shared = families(a) & families(b)
        if a == b:
            warnings.append(f"The {one} and the {other} are the same model ({a}): {_WHY[one, other]}.")
        elif shared:
            names = " and ".join(sorted(shared))
            warnings.append(f"The {one} ({a}) and the {other} ({b}) are of one family ({names}): {_WHY[one, other]}.")
    return tuple(warnings)


_WHY = {
    ("judge", "candidate"): "judges are known to favour their own kin, so that these scores may be too high",
    ("judge", "anchor"): "the judge compares with an answer of its own kin",
    ("judge", "generator of the items"): "the judge checks against texts of its own kin",
    ("candidate", "anchor"): "the candidate is compared with its own kin, or with itself",
    ("candidate", "generator of the items"): "the candidate is asked about, and measured against, texts of its own kin",
    ("anchor", "generator of the items"): "the anchor was measured against texts of its own kin",
}

"""The findings of a chest radiograph that errors are planted about, with the words that reports use for them.

A short list of its own; it shares nothing with the word lists of the facts reader that is tested.
"""

import re
from dataclasses import dataclass

_SEVERITY = ("mild", "moderate", "severe")


@dataclass(frozen=True)
class Target:
    """A finding that errors are planted about.

    Attributes:
        name: for a statement that denies it.
        words: pattern of its mentions.
        silent: pattern of everything that must not occur where the finding is invented.
        invented: statements that affirm it.
        grades: words for its least, middle and greatest extent; none where it has no grade.
    """

    name: str
    words: str
    silent: str
    invented: tuple[str, ...]
    grades: tuple[str, ...] = ("small", "moderate", "large")

    def pattern(self) -> re.Pattern[str]:
        """Of its mentions."""
        return re.compile(rf"\b(?:{self.words})\b", re.I)


TARGETS = (
    Target(
        "pleural effusion",
        "(?:pleural )?effusions?|pleural fluid",
        r"effusion|pleura|fluid|costophrenic|sulc|hemothorax",
        (
            "Fluid has gathered in the left pleural space.",
            "A moderate right pleural effusion is present.",
            "There are small effusions on both sides.",
        ),
    ),
    Target(
        "pneumothorax",
        "pneumothora(?:x|ces)",
        r"pneumothora|hydropneumo|pleura",
        (
            "A pneumothorax is seen at the left apex.",
            "There is a small right pneumothorax.",
            "Left-sided pneumothorax, moderate in extent.",
        ),
    ),
    Target(
        "consolidation",
        "consolidations?",
        r"consolid|airspace|air space|air-space|infiltrat|pneumoni|opaci|densit",
        (
            "The right lower lobe is consolidated.",
            "A consolidation occupies the left upper lobe.",
            "There is dense consolidation at the left base.",
        ),
    ),
    Target(
        "nodule",
        "(?:pulmonary |lung )?nodules?",
        r"nodul|mass|granulom|opaci|lesion|densit",
        (
            "A 14 mm nodule lies in the right upper lobe.",
            "There is a pulmonary nodule in the left middle zone.",
            "A solitary lung nodule is noted on the left.",
        ),
    ),
    Target(
        "cardiomegaly",
        r"cardiomegaly|(?:heart|cardiac(?: silhouette)?)(?: size)? (?:is|remains) (?:\w+ly )?enlarged|enlarged heart",
        r"cardi|heart",
        ("The heart is enlarged.", "There is cardiomegaly.", "Moderate enlargement of the heart is seen."),
        _SEVERITY,
    ),
    Target(
        "pulmonary edema",
        "(?:pulmonary |interstitial )?edema",
        r"edema|congest|vascul|interstiti|failure|chf",
        ("There is pulmonary edema.", "Interstitial pulmonary edema is present.", "Frank edema of both lungs."),
        _SEVERITY,
    ),
    Target(
        "atelectasis",
        "atelectasis|atelectatic changes?",
        r"atelecta|collapse|volume|opaci|expan|aerat",
        (
            "The left lower lobe is atelectatic.",
            "There is atelectasis at the right base.",
            "Linear atelectasis is seen.",
        ),
        ("minimal", "moderate", "extensive"),
    ),
    Target(
        "rib fracture",
        "(?:rib )?fractures?",
        r"fractur|rib|bon[ey]|osseous|skelet",
        ("A rib fracture is seen on the right.", "There is a fracture of the left seventh rib."),
        grades=(),
    ),
    Target(
        "hiatal hernia",
        "(?:hiatal|hiatus) hernia",
        r"hernia|hiat|stomach|retrocardiac",
        ("A hiatal hernia is present.", "There is a large hiatus hernia."),
    ),
    Target(
        "emphysema",
        "emphysema|emphysematous changes?",
        r"emphysem|copd|hyper|bulla|obstruct|expan|inflat",
        ("The lungs are emphysematous.", "There is emphysema in both upper lobes."),
        _SEVERITY,
    ),
    Target(
        "pleural thickening",
        "pleural thickening",
        r"pleura|thicken|scar|apical|apices",
        ("The pleura is thickened at the left apex.", "There is pleural thickening on the right."),
        ("slight", "moderate", "marked"),
    ),
    Target(
        "scoliosis",
        r"(?:\w*)scoliosis",
        r"scolio|spin|curv|kypho|skelet|osseous|bon[ey]",
        ("There is scoliosis of the thoracic spine.", "Scoliosis is noted."),
        _SEVERITY,
    ),
    Target(
        "degenerative change",
        r"degenerative (?:changes?|disease|disc disease)|spondylosis",
        r"degenerat|spondyl|osteophy|spur|spin|spine|skelet|osseous|bon[ey]|arthr",
        ("There are degenerative changes of the thoracic spine.", "Degeneration of the dorsal spine is seen."),
        _SEVERITY,
    ),
    Target(
        "mass",
        "(?:lung |pulmonary )?mass(?:es)?",
        r"mass|nodul|lesion|opaci|densit|tumor|neoplas|malignan",
        ("There is a 4 cm mass in the right upper lobe.", "A lung mass is seen on the left."),
    ),
    Target(
        "pacemaker",
        "pacemaker",
        r"pace|pacing|lead|device|icd|defib|generator|hardware|clip|stern",
        ("A pacemaker overlies the left chest wall.", "There is a cardiac pacemaker with two leads."),
        grades=(),
    ),
    Target(
        "granuloma", "(?:calcified )?granulomas?", "granulom|nodul|calcif", ("A calcified granuloma is noted.",), ()
    ),
    Target(
        "opacity",
        "(?:airspace |air space |interstitial |nodular |basilar )*(?:opacity|opacities|infiltrates?)",
        "opaci|infiltrat|airspace|air space|consolid|densit|pneumoni|edema|lungs? (?:is|are|appear)",
        ("There is a hazy opacity in the left lower lobe.", "An infiltrate is seen in the right middle lobe."),
        ("minimal", "moderate", "extensive"),
    ),
)

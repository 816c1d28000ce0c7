"""Word lists of the closed-answer rule. Changing one changes scores: raise the version in ``closed.py``."""

from auscult.scoring._text import stem


def listed(text: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(text.split())


YES = listed("yes yeah yea yep yup aye affirmative y")
NO = listed("no nope nah n not negative never")
AGREE = listed("correct true right accurate exactly agreed so")
DISAGREE = listed("incorrect false wrong untrue inaccurate")
# Said before a bare yes or no without changing it. Words of probability are commitments, words of possibility are not.
SURE = listed("""
    definitely certainly absolutely clearly obviously indeed surely sure undoubtedly likely probably presumably
    apparently evidently
    """)
OPENING = listed("""
    i i'd would say think believe guess suppose d it it's that that's this is was so thus therefore hence
    overall well ok okay oh hmm um answer answers the a an to and most very more my final in short of please sir
    doctor then here based on image images course scan x xray film picture finding findings
    """)
CLOSING = SURE | listed("of course it does sir doctor really at all so")
# After these, a "no" without a comma opens a sentence of its own: "no there is", "no it is not".
AFTER_NO = listed("""
    there it this that the they i we he she these those because since as is are not both its but
    """)
HEDGE = listed("""
    possible possibly maybe perhaps may might could can't-exclude questionable equivocal suspicious suspicion
    concerning concern suspected suspect uncertain unclear indeterminate inconclusive borderline potentially
    potential conceivably
    """)
# What would be, is meant by, or is looked for says nothing of this image.
HYPOTHETICAL = listed("""
    would if whether when typically usually generally often commonly sometimes include includes refers defined
    should characterized condition e.g example definition question asked asks asking
    """)
FORWARD = listed("""
    no not without never lack lacks lacking lacked nothing neither nor unlikely exclude excludes excluding deny
    denies denied fail fails failed doubt rather instead unlike absent nobody
    """)
BACKWARD = listed("""
    absent negative none unlikely resolved nonexistent lacking excluded improbable doubtful nowhere
    """)
EXIST = listed("""
    present seen visible visualized visualised identified noted detected evident appreciated demonstrated
    observed found there apparent shown recognized recognizable appreciable identifiable exist depicted
    discernible it them likely
    """)
VERBS = listed("""
    is are was were be has have had does do did shows show demonstrates demonstrate reveals reveal appears
    appear seems seem looks look contains contain suggests suggest indicates indicate remains remain represents
    represent can may might could see exists exist measures lies extends displays exhibits
    """)
PRONOUN = listed("it this that there they these those he she i we you")
AUXILIARY = listed("is are was were do does did has have had can be been")
# Words that carry none of the question's content.
STOP = (
    listed("""
    a an the this that these those it its their his her he she they there here i we you me my our your to of in
    on at for from with by as and or but than so also any some such which who what how where why do does did
    done be been being is are was were am has have had having can will shall s d t because since due both-sides
    true false correct think believe say said see sees seem seems appear appears appearing look looks looking
    show shows showing shown suggest suggests suggesting suggestive suggested indicate indicates indicating
    indicative demonstrate demonstrates demonstrating reveal reveals revealing contain contains consistent
    compatible keeping likely probably probable most definitely certainly clearly clear-cut obvious obviously
    definite currently evidence evident evidenced sign signs indication image images scan scans picture study
    exam examination film view views radiograph photo slide patient patients patient's subject's present
    presence visible visualized visualised seen noted identified detected observed found apparent appreciated
    recognizable recognized identifiable existing exist exists detectable appreciable depicted discernible
    demonstrated yes no not however therefore thus hence although though while whereas given based provided
    actually really indeed particular specifically overall im just other-than area areas region regions
    appearance limits size contour type plane within them itself taken quite very fairly rather well good
    existent positive know one's feature features finding findings finds find located location side sided
    image's case fact still yet too only-one under-study via using used use according
    """)
    | FORWARD
    | BACKWARD
    | HEDGE
)
MODIFIER = frozenset(
    stem(w)
    for w in listed("""
    acute definite obvious significant focal gross overt mild moderate severe subtle small large tiny trace
    minimal massive extensive marked visible frank radiographic abnormal new old one large-sized slight slightly
    mildly moderately markedly severely significantly grossly right left bilateral
    """)
)
# Denying a part does not deny the whole: "no large effusion" leaves room for a small one.
RESTRICTING = frozenset(
    stem(w)
    for w in listed("""
    left right bilateral large massive extensive marked severe moderate upper lower middle apical basal basilar
    new other further additional second anterior posterior medial lateral tension
    """)
)
QUANTITY = frozenset(
    stem(w)
    for w in listed("""
    more less than two three four five six seven eight nine ten eleven twelve multiple several many few single
    one both all only every each same equal bilateral bilaterally unilateral larger smaller bigger greater
    """)
)
# (a, b): a is exactly "not b".
COMPLEMENT = [
    ("normal", "abnormal"),
    ("normally", "abnormally"),
    ("symmetric", "asymmetric"),
    ("symmetrical", "asymmetrical"),
    ("homogeneous", "heterogeneous"),
    ("regular", "irregular"),
    ("remarkable", "unremarkable"),
    ("even", "uneven"),
    ("typical", "atypical"),
    ("stable", "unstable"),
    ("enhancing", "nonenhancing"),
    ("contrast", "noncontrast"),
]
# At most one of a group is true of one thing; the negation of one says nothing of the others.
EXCLUSIVE = [
    "left right midline",
    "mri ct xray ultrasound",
    "mr ct xray ultrasound",
    "axial coronal sagittal saggital",
    "pa ap",
    "cystic solid",
    "benign malignant",
    "male female",
    "man woman",
    "acute chronic",
    "sharp blunted",
    "t1 t2 flair",
    "hyperdense hypodense isodense",
    "hyperintense hypointense isointense",
    "increased decreased",
    "unilateral bilateral",
    "focal diffuse",
    "upper middle lower",
    "frontal parietal temporal occipital",
    "large moderate small",
    "mild moderate severe",
    "mild moderate marked",
    "superior inferior",
    "anterior posterior",
    "midline deviated",
    "midline shifted",
    "pleural pericardial",
    "gray white",
]
NOT_NORMAL = (
    "enlarged dilated widened thickened distended atrophic collapsed broken fractured compressed deviated hyperinflated"
    " displaced shifted affected injured inflamed perforated obstructed cardiomegaly flattened elevated damaged blunted"
)


def _opposites() -> tuple[dict[str, dict[str, bool]], dict[str, frozenset[str]]]:
    """Stem → opposite stems (True where the negation of the opposite holds too), and stem → its rivals."""
    opposites: dict[str, dict[str, bool]] = {}
    rivals: dict[str, set[str]] = {}
    groups = (
        [g.split() for g in EXCLUSIVE] + [["normal", w] for w in NOT_NORMAL.split()] + [list(p) for p in COMPLEMENT]
    )
    for group in groups:
        for a in map(stem, group):
            for b in map(stem, group):
                if a != b:
                    opposites.setdefault(a, {})[b] = False
                    rivals.setdefault(a, set()).add(b)
    for a, b in COMPLEMENT:
        opposites[stem(a)][stem(b)] = opposites[stem(b)][stem(a)] = True
    return opposites, {a: frozenset(b) for a, b in rivals.items()}


OPPOSITES, RIVALS = _opposites()

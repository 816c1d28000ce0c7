"""Roundabout names of a finding, brought to its own name where a premise is about it: "water on the brain".

Facts are read from any text, so that their names must be safe anywhere. Here the finding that is asked about is known,
and a description of it ("air outside the lung", "a spot in the liver") can mean nothing else.
"""

import re

_FLUID = r"(?:fluids?|liquids?|water)(?: collections?| accumulations?| levels?| layers?)?"
_GAS = r"(?:air|gas)(?: collections?| pockets?)?"
_WITH = (
    r"(?: that| which)?(?: (?:is|lies|sits|layering|lying|located|trapped|present|gathering|collecting|visible"
    r"|seen))*"
)
_IN = (
    r" (?:in|within|on|of|inside|around|along|between|at|near|outside|surrounding|beneath|under|beside|next to"
    r"|over)(?: the| both| either| its| his| her)?(?: left| right| lower| upper| base of the| bases of the)?"
)
_SPOT = (
    r"(?:(?:round(?:ed|ish)?|small|dense|nodular|circumscribed|focal|well[- ]defined|bright|dark|solitary|discrete"
    r"|low[- ]density|high[- ]density|hypodense|hyperdense|abnormal|suspicious|single) )*"
)
_LUMP = (
    r"(?:spots?|shadows?|lumps?|bumps?|nodules?|lesions?|mass(?:es)?|densit(?:y|ies)|opacit(?:y|ies)|growths?"
    r"|foc(?:us|i)|areas?|nodularit(?:y|ies)|blobs?|things?|changes?|abnormalit(?:y|ies)|balls?|structures?)"
)
_TOO_BIG = (
    r"(?:enlarged|too (?:big|large|wide)|oversized|big|bigger than normal|larger than normal|wider than normal"
    r"|dilated"
    r"|widened|wide|distended|swollen|expanded|ballooned|blown up|increased in size|of increased size|prominent)"
)

_NAMES: dict[str, str] = {
    "pleural effusion": (
        rf"{_FLUID}{_WITH}{_IN} (?:pleur\w+(?: (?:space|cavity|sac))?s?|lungs?(?: bases?)?|chest(?: wall| cavity)?"
        rf"|thorax|thoracic cavity|hemithorax|hemithoraces|costophrenic (?:angle|sulcus|recess)(?:es)?)"
        rf"(?: and the (?:chest wall|lung|ribs|pleura))?|(?:pleural|thoracic) (?:fluid|liquid|water)(?: collection)?"
        r"|wet lung|hydrothorax"
    ),
    "pneumothorax": (
        rf"(?:free |trapped |extra |abnormal )?{_GAS}{_WITH}{_IN} (?:pleur\w+(?: (?:space|cavity|sac))?s?|lungs?"
        rf"|chest"
        r"(?: wall| cavity)?|thorax|hemithorax)(?: and the (?:chest wall|lung|ribs|pleura))?"
        r"|air leak(?: around the lung)?|(?:collapsed|deflated|shrunken) lung|lung (?:has |is |that (?:has|is)"
        r" )?collapse[ds]?"
        r"|collapse of (?:the |a )?(?:left |right )?lung|pleural (?:air|gas)|ptx"
    ),
    "lung nodule": (
        rf"{_SPOT}{_LUMP}{_IN} (?:lungs?|chest|lung fields?|lung tissue)|(?:pulmonary|lung|nodular|coin)[- ]"
        rf"(?:spots?|shadows?|lesions?|densit(?:y|ies)|opacit(?:y|ies)|mass|growths?|lumps?)|spn|coin lesions?"
    ),
    "consolidation": (
        r"consolidated (?:area|region|lung|lobe|tissue|patch|segment|parenchyma)s?(?: of (?:the )?lung)?|consolidated"
        r"|solid(?:ified)? (?:area of )?lung(?: tissue)?|(?:fluid|pus)[- ]?filled (?:alveoli|air ?spaces|lung)"
        r"|filled (?:alveoli|air ?spaces)|air ?space (?:filling|shadowing|opacit\w+|opacification|disease|process)"
        r"|alveolar (?:filling|shadowing|opacit\w+)|(?:dense|opaque|opacified|airless) lung(?: tissue| parenchyma)?"
        r"|patch(?:es)? of (?:filled|airless|opaque|dense) lung|pneumonic \w+|(?:whitened|white) (?:area of )?lung"
    ),
    "cardiomegaly": (
        rf"(?:{_TOO_BIG}) (?:heart|cardiac (?:silhouette|shadow|size|outline))|(?:enlarge(?:d|ment)|widening"
        rf"|dilatation) of"
        r" the (?:heart|cardiac (?:silhouette|shadow|outline))|cardiac enlargement|heart enlargement"
    ),
    "brain tumour": (
        rf"{_SPOT}(?:lump|growth|mass(?:es)?|neoplas\w+|tumou?rs?|malignanc\w+|cancer|lesion|space[- ]occupying"
        rf" (?:lesion|process)|new growth){_WITH}"
        rf"{_IN} (?:brains?|head|skull|cranium|cranial cavity|hemisphere|brain tissue|brain parenchyma)"
        r"|(?:intra)?(?:cerebral|cranial|axial|brain) (?:mass(?:es)?|growths?|neoplas\w+|tumou?rs?|lump"
        r"|malignanc\w+|cancer)"
        r"|intra(?:cerebral|cranial|axial)[- ](?:mass(?:es)?|growths?|neoplas\w+|tumou?rs?)|space[- ]occupying"
        r" (?:lesion|process)"
        r"|brain cancer|glioma|neoplasm|neoplastic (?:lesion|process|mass)"
    ),
    "hydrocephalus": (
        rf"(?:water|fluid|csf)(?: build[- ]?up)? (?:on|in|inside|within) the (?:brain|head|skull|ventricles)"
        rf"|(?:{_TOO_BIG}) (?:(?:lateral|third|cerebral|brain) )*(?:ventric\w+(?: system)?|fluid spaces?(?: of"
        rf" the brain| in the brain)?)"
        r"|(?:excess|too much|abnormal amount of|increased|surplus) (?:csf|cerebrospinal fluid|fluid)(?: in the"
        r" (?:brain|ventricles|ventricular system))?"
        r"|(?:enlargement|widening|dilatation|dilation|distension|expansion) of the (?:(?:lateral|third|cerebral"
        r"|brain) )*(?:ventric\w+(?: system)?|fluid spaces?)"
        r"|ventric(?:ulo|ular )(?:megaly|dilatation|dilation|enlargement|widening|distension)"
    ),
    "midline shift": (
        r"(?:shift|displacement|deviation|drift|dislocation|bulge) of (?:the )?(?:brain(?: across the midline)?"
        r"|mid(?:dle)?[- ]?line"
        r"(?: structures)?|falx|septum(?: pellucidum)?|median structures|cerebral midline)"
        r"|(?:shifted|displaced|deviated|off[- ]cent(?:re|er)|dislocated) (?:brain |cerebral )?(?:mid(?:dle)?[-"
        r" ]?line(?: structures)?|falx|septum(?: pellucidum)?)"
        r"|(?:midline|brain|septal|falcine) (?:shift(?:ing)?|displacement|deviation|drift)|subfalcine (?:shift"
        r"|herniation)"
        r"|mass effect on the midline"
    ),
    "liver lesion": (
        rf"{_SPOT}(?:{_LUMP}|cysts?|tumou?rs?|metasta\w+|defects?){_WITH}{_IN} (?:liver|hepatic parenchyma|liver"
        rf" tissue)"
        rf"|(?:intra)?hepatic (?:{_LUMP}|tumou?rs?|cysts?|defects?)|(?:focal )?liver (?:{_LUMP}|tumou?rs?|cysts?)"
        rf"|abnormal liver (?:spot|area)"
        r"|something (?:abnormal |focal )?in the liver"
    ),
    "renal cyst": (
        rf"(?:{_SPOT}|simple |cystic |fluid[- ]filled |water[- ]dense )*(?:cysts?|cystic (?:lesion|structure"
        rf"|change|area|mass)|(?:fluid[- ]filled"
        r" )?(?:sacs?|bubbles?|pockets?|cavit(?:y|ies)|lesions?)(?: of fluid)?)"
        rf"{_WITH}{_IN} (?:kidneys?|renal (?:cortex|parenchyma|tissue))|(?:kidney|renal|nephric|cortical)[-"
        rf" ](?:cysts?|cystic \w+|sacs?)"
    ),
    "ascites": (
        rf"(?:free |excess |abdominal |intra[- ]?abdominal |extra )*{_FLUID}{_WITH}{_IN} (?:abdom\w+(?: cavity)?"
        rf"|belly|peritone\w+(?: (?:space|cavity))?"
        r"|liver|pelvis|abdominal cavity|bowel loops|bowel|intestines)|free (?:fluid|liquid)(?: collection)?"
        r"|(?:abdominal|(?:intra)?peritoneal|intra[- ]?abdominal|perihepatic|ascitic) (?:free )?(?:fluid|liquid"
        r"|water)(?: collection)?"
        r"|dropsy of the (?:belly|abdomen)"
    ),
    "fracture": r"(?:broken|cracked|fractured) (?:bones?|ribs?)|(?:break|crack|breakage|fracture line)s? (?:in"
    r"|of) (?:the |a )?(?:bone|rib)s?",
    "atelectasis": r"(?:partly |partially )?(?:collapsed|airless|under[- ]?inflated) (?:part of the )?(?:lung"
    r"|lobe|segment)(?: tissue)?|volume loss",
}  # fmt: skip
_IS = (
    r"(?:is|are|was|were|lies?|remains?|runs?|appears?|looks?|seems?|stays?|sits?|stands?)(?: to (?:be|lie))?(?:"
    r" (?:all|both|still|well|quite|exactly|perfectly|entirely|nicely|fully|\w+ly))*"
)
_USUAL = r"(?:normal|ordinary|usual|regular|average|standard|expected|unremarkable|physiological|proper)"
_NORMAL: dict[str, str] = {
    "pleural effusion": (
        rf"costophrenic (?:angle|sulc|recess)\w* {_IS} (?:sharp|clear|free|normal|open|not blunted|preserved|well"
        rf" defined)"
        r"|(?:sharp|clear|unblunted) costophrenic (?:angle|sulc|recess)\w*"
        rf"|(?:lung bases|pleural (?:spaces?|cavit(?:y|ies)|sacs?)) {_IS} (?:dry|clear|empty|normal)"
        r"|lungs? (?:reach|extend)(?:es|s)?(?: down)?(?: to)? the diaphragm"
    ),
    "pneumothorax": (
        r"(?:lungs?|they) (?:is|are|appears?|looks?|seems?)(?: \w+ly| well| both)* (?:inflated|expanded|aerated)"
        r"|lungs? (?:touch|abut|fill|reach)(?:es|s)? (?:the |their )?(?:whole |entire )?(?:chest wall|hemithorax"
        r"|hemithoraces|chest)"
        r"|(?:lung|vascular|pulmonary|bronchovascular) (?:markings?|tissue|vessels) (?:reach|extend|run|go"
        r"|continue|are visible|can be (?:followed|traced))"
        r"(?:es|s)?(?: \w+ly| all the way)?(?: (?:to|up to|out to|into))? the (?:chest wall|periphery|edge|pleura"
        r"|ribs)"
    ),
    "consolidation": (
        rf"(?:lungs?|both lungs) {_IS} (?:aerated|clean|transparent|lucent|black|filled with air)"
    ),
    "lung nodule": (
        rf"(?:lungs?|lung fields?) {_IS} (?:clean|spotless|homogeneous|uniform|without (?:focal )?(?:lesions?"
        rf"|findings?))"
        r"|\bno (?:round\w* |focal |nodular |circumscribed )*(?:opacit(?:y|ies)|densit(?:y|ies)|shadows?"
        r"|spots?)\b[^,.;]*\blungs?"
    ),
    "liver lesion": (
        rf"(?:liver|hepatic)(?: tissue| parenchyma| texture)? {_IS} (?:homogeneous|uniform|even|smooth|spotless)"
        rf"|(?:homogeneous|uniform) liver|nothing (?:abnormal|focal|unusual)\b[^,.;]*\bliver"
    ),
    "cardiomegaly": (
        r"cardio[- ]?thoracic (?:ratio|index) (?:is |of |lies |measures |stays )*(?:\w+ly )?(?:normal|below"
        r" (?:0[.,]5\d?|50 ?%|a half|half|one half)"
        r"|(?:less|smaller|lower) than (?:0[.,]5\d?|50 ?%|half|one half)|under (?:0[.,]5\d?|50 ?%|half)"
        r"|0[.,][34]\d?\b)"
        r"|heart (?:measures|is|takes up|spans|occupies) (?:\w+ly )?(?:less|narrower|smaller) than half|"
        rf"(?:heart|cardiac (?:silhouette|shadow|outline)) (?:size )?(?:{_IS}|has|shows)(?: an?)?(?: of)?(?:"
        rf" an?)? {_USUAL}(?:[- ]?(?:sized?|width|dimensions?))?"
        rf"|{_USUAL}(?:[- ]sized)? heart|heart of {_USUAL} size|small heart|heart {_IS} small"
    ),
    "hydrocephalus": (
        r"(?:csf|fluid|cerebrospinal fluid) spaces? (?:is|are|looks?|appears?) (?:not (?:widened|wide|enlarged"
        r"|dilated)|narrow|normal)|"
        rf"ventric(?:les?|ular system) (?:{_IS}|has|have)(?: an?)?(?: of)?(?: an?)? (?:{_USUAL}|narrow|slender"
        rf"|slim|small|age[- ]appropriate|not (?:wide|big|large))(?:[- ](?:sized?|width|calib(?:re|er)"
        rf"|configuration))?"
        rf"|{_USUAL}(?:[- ]sized)? ventric\w+"
    ),
    "midline shift": (
        r"nothing (?:is |has been )?(?:displaced|shifted|pushed|moved)(?: across| over| from)?(?: the midline)?"
        rf"|(?:brain|hemispheres?|brain halves) {_IS} symmetric\w*|"
        rf"(?:mid[- ]?line|falx|septum(?: pellucidum)?)(?: structures?)? {_IS} (?:straight|central|centred"
        rf"|centered|located|preserved|in (?:the )?(?:middle|cent(?:re|er)|place|position|midline)"
        rf"|where (?:it|they) should be|undisplaced|maintained|midline|symmetric\w*|on the midline|{_USUAL})"
    ),
    "ascites": r"(?:abdomen|abdominal cavity|peritoneal cavity|peritoneum|belly) (?:is|looks|appears) dry|dry"
    r" abdomen",
}  # fmt: skip
_PATTERNS = {
    finding: re.compile(rf"\b(?:{pattern})\b(?! (?:lobe|zone|segment|apex|pole|hemisphere)\b)")
    for finding, pattern in _NAMES.items()
}
_HEALTHY = {finding: re.compile(rf"\b(?:{pattern})\b") for finding, pattern in _NORMAL.items()}
_QUALITY = re.compile(
    r"\b(?:left|right|both|bilateral|small|tiny|mild|moderate|large|big|huge|severe|massive|marked|upper|middle"
    r"|lower)\b"
)


def named(text: str, finding: str) -> str:
    """A lower-case text in which a finding has its own name, however it is described; its side and grade stay."""
    if (pattern := _PATTERNS.get(finding)) is None or finding in text:
        return text
    return pattern.sub(lambda m: " ".join([*_QUALITY.findall(m[0]), finding]), text)


def healthy(text: str, finding: str) -> str:
    """A lower-case text in which the healthy look of a part denies a finding: "the midline is straight"."""
    pattern = _HEALTHY.get(finding)
    return pattern.sub(f" shows no {finding}", text) if pattern else text

"""How the certificate words what a phantom shows: its own sentences, which no other room has seen.

A sentence names the finding with its side and place, and tells at most one thing more: grade, size or look.
"""

PLAIN, GRADE, SIZE, LOOK = "plain", "grade", "size", "look"

STATEMENTS: dict[str, dict[str, tuple[str, ...]]] = {
    "pleural effusion": {
        PLAIN: (
            "Fluid has collected in the {side} pleural cavity.",
            "The {side} hemithorax shows a pleural effusion.",
            "Effusion on the {side}.",
        ),
        GRADE: (
            "The {side} pleural effusion is {grade}.",
            "A {grade} effusion is layered in the {side} pleural space.",
        ),
        SIZE: ("The {side} pleural effusion reaches a height of {size}.", "Effusion on the {side}, measuring {size}."),
    },
    "pneumothorax": {
        PLAIN: ("Free pleural air, that is a pneumothorax, is seen on the {side}.", "Pneumothorax of the {side} lung."),
        GRADE: ("The {side} lung has retracted in a {grade} pneumothorax.", "{Grade} pneumothorax on the {side}."),
        SIZE: ("The rim of the {side} pneumothorax is {size} wide.", "Pneumothorax on the {side}, {size} in width."),
    },
    "lung nodule": {
        PLAIN: ("A nodule projects over the {place} of the {side} lung.", "Nodule, {side} {place}."),
        GRADE: ("A {grade} nodule projects over the {place} of the {side} lung.",),
        SIZE: (
            "A nodule with a diameter of {size} projects over the {side} {place}.",
            "In the {place} on the {side} one finds a {size} pulmonary nodule.",
        ),
    },
    "consolidation": {
        PLAIN: ("The {place} of the {side} lung is consolidated.", "Airspace consolidation, {side} {place}."),
        GRADE: ("{Grade} consolidation occupies the {place} on the {side}.",),
        SIZE: ("Consolidation extends over {size} in the {side} {place}.",),
    },
    "cardiomegaly": {
        PLAIN: ("The heart shadow is widened beyond normal: cardiomegaly.", "The heart is too large."),
        GRADE: ("The heart is {adverb} enlarged.", "Cardiomegaly of {severity} degree."),
    },
    "brain tumour": {
        PLAIN: ("A tumour occupies the {side} {place}.", "Neoplasm of the {place} on the {side}."),
        GRADE: ("A {grade} tumour occupies the {side} {place}.",),
        SIZE: (
            "The tumour of the {side} {place} is {size} across.",
            "{Side} {place} tumour with a diameter of {size}.",
        ),
        LOOK: ("The tumour in the {side} {place} is {look}.", "A {look} tumour is found in the {place} on the {side}."),
    },
    "midline shift": {
        PLAIN: ("The midline has moved to the {side}.", "Midline structures are pushed towards the {side}."),
        GRADE: ("{Severity} midline shift to the {side}.",),
        SIZE: ("The midline lies {size} too far to the {side}.", "Midline shift of {size} towards the {side}."),
    },
    "hydrocephalus": {
        PLAIN: ("The lateral ventricles are wide: hydrocephalus.", "The picture is that of a hydrocephalus."),
        GRADE: ("{Severity} widening of the ventricles by hydrocephalus.", "Hydrocephalus of {severity} degree."),
    },
    "ascites": {
        PLAIN: ("The abdomen holds free fluid.", "Ascites surrounds the liver."),
        GRADE: ("The amount of ascites is {grade}.", "A {grade} amount of free abdominal fluid is seen."),
        SIZE: ("Ascites with a depth of {size}.",),
    },
    "renal cyst": {
        PLAIN: ("The {side} kidney bears a cyst.", "Cyst of the {side} kidney."),
        GRADE: ("The {side} kidney bears a {grade} cyst.",),
        SIZE: ("The {side} kidney bears a cyst of {size}.", "A {size} cyst arises from the {side} kidney."),
    },
    "liver lesion": {
        PLAIN: ("A focal lesion is found in the {place} of the liver.", "Hepatic lesion, {place}."),
        GRADE: ("A {grade} focal lesion is found in the {place} of the liver.",),
        SIZE: (
            "The lesion in the {place} of the liver has a diameter of {size}.",
            "Hepatic lesion of {size}, {place}.",
        ),
    },
}
"""Finding → what is told of it → sentences."""

DENIALS: dict[str, tuple[str, ...]] = {
    "pleural effusion": ("Neither pleural cavity contains an effusion.", "No fluid in the pleural cavities."),
    "pneumothorax": ("No pneumothorax can be made out.", "Pneumothorax is excluded."),
    "lung nodule": ("No nodule in the lungs can be made out.", "Neither lung harbours a nodule."),
    "consolidation": ("Neither lung is consolidated.", "No consolidation can be made out."),
    "cardiomegaly": ("The heart is not too large.", "The heart has a normal size."),
    "brain tumour": ("No tumour in the brain can be made out.", "A brain tumour is not found."),
    "midline shift": ("The midline has not moved.", "No shift of the midline can be made out."),
    "hydrocephalus": ("The cerebral ventricles are of normal width.", "No hydrocephalus can be made out."),
    "ascites": ("The abdomen holds no free fluid.", "No ascites can be made out."),
    "renal cyst": ("Neither kidney bears a cyst.", "No renal cyst can be made out."),
    "liver lesion": ("No focal lesion in the liver can be made out.", "The liver bears no lesion."),
}

NAMES: dict[str, str] = {
    "pleural effusion": "{side} pleural effusion",
    "pneumothorax": "{side} pneumothorax",
    "lung nodule": "nodule in the {side} {place}",
    "consolidation": "consolidation of the {side} {place}",
    "cardiomegaly": "cardiac enlargement",
    "brain tumour": "tumour in the {side} {place}",
    "midline shift": "shift of the midline to the {side}",
    "hydrocephalus": "hydrocephalus",
    "ascites": "ascites",
    "renal cyst": "cyst of the {side} kidney",
    "liver lesion": "lesion in the {place} of the liver",
}
"""What stands after "the" or "no"."""

GRADES = {"small": ("small",), "moderate": ("moderate", "medium-sized"), "large": ("large", "big")}
AMOUNTS = {"small": ("small", "slight"), "moderate": ("moderate",), "large": ("large", "extensive")}
"""Of what has an amount: fluid, air, consolidated lung."""
SEVERITIES = {"small": "mild", "moderate": "moderate", "large": "severe"}

LOOKS = {
    "ring-enhancing": ("ring-enhancing", "rim-enhancing"),
    "homogeneously enhancing": ("homogeneously enhancing", "uniformly enhancing"),
    "non-enhancing": ("non-enhancing", "not enhancing"),
}
ACQUISITIONS = (
    "The study: {modality}, {view}.",
    "Submitted for reading: {modality}, {view}.",
    "{Modality} ({view}).",
)
MODALITIES = {
    "chest radiograph": ("plain film of the chest", "chest X-ray"),
    "brain MR": ("cranial MRI", "MRI scan of the brain"),
    "abdominal CT": ("CT of the abdomen", "CT scan of the abdomen"),
}
WRONG_MODALITIES = {
    "chest radiograph": ("CT of the chest", "chest ultrasound scan"),
    "brain MR": ("CT of the brain", "cranial CT scan"),
    "abdominal CT": ("MRI scan of the abdomen", "ultrasound scan of the abdomen"),
}
VIEWS = {
    "posteroanterior": ("posteroanterior projection", "PA projection"),
    "anteroposterior": ("anteroposterior projection", "AP projection"),
    "T1-weighted with contrast": ("T1-weighted, after gadolinium", "T1 weighting with contrast medium"),
    "T2-weighted": ("T2-weighted", "T2 weighting"),
    "with contrast": ("with intravenous contrast", "after contrast medium"),
    "without contrast": ("without contrast medium", "unenhanced"),
}
COURSES = {
    "unchanged": ("is as large as before", "has not changed since the last examination"),
    "increased": ("has grown since the last examination", "is larger than before"),
    "decreased": ("has shrunk since the last examination", "is smaller than before"),
    "new": ("was not there at the last examination", "is new"),
}
FOREIGN = {
    "chest radiograph": ("The fifth rib on the right is fractured.", "A pacemaker lies over the left chest."),
    "brain MR": ("There is a subdural haematoma over the left hemisphere.", "An infarct of the cerebellum is seen."),
    "abdominal CT": ("The gallbladder holds stones.", "There is an aneurysm of the abdominal aorta."),
}
"""Findings that no phantom shows."""

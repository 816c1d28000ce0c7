"""What LLaMA-Factory makes of an export: run with a Python that has it, ``FOLDER MODEL DATASET``; prints JSON.

Its own converter, template, tokenizer step and collator, over the first rows of a data set.
"""

import importlib.util
import json
import os
import sys
from importlib.machinery import ModuleSpec
from types import ModuleType

ROWS = 8
PROCESSOR = {
    "image_max_pixels": 768 * 768,
    "image_min_pixels": 32 * 32,
    "image_do_pan_and_scan": False,
    "crop_to_patches": False,
}
"""What its own loader sets on a processor; it cannot be imported beside every version of TRL."""


def main(folder: str, model: str, dataset: str) -> None:
    os.environ["DISABLE_VERSION_CHECK"] = "1"
    import transformers  # looks once whether there is torchaudio, before something stands in for it

    if importlib.util.find_spec("torchaudio") is None:  # imported whatever is done, and used for sound alone
        stand_in = ModuleType("torchaudio")
        stand_in.__spec__ = ModuleSpec("torchaudio", None)
        sys.modules["torchaudio"] = stand_in
    from llamafactory.data import get_dataset, get_template_and_fix_tokenizer
    from llamafactory.data.collator import SFTDataCollatorWith4DAttentionMask
    from llamafactory.extras.constants import IGNORE_INDEX
    from llamafactory.hparams import get_train_args

    asked = {"stage": "sft", "do_train": True, "finetuning_type": "lora", "model_name_or_path": model}
    asked |= {"dataset_dir": folder, "media_dir": folder, "dataset": dataset, "template": "llava", "cutoff_len": 2048}
    asked |= {"output_dir": f"{folder}-out", "use_cpu": True, "report_to": "none", "overwrite_cache": True}
    model_args, data_args, training_args, _, _ = get_train_args(asked)
    processor = transformers.AutoProcessor.from_pretrained(model)
    tokenizer = processor.tokenizer
    for name, value in PROCESSOR.items():
        setattr(processor, name, value)
    template = get_template_and_fix_tokenizer(tokenizer, data_args)
    made = get_dataset(template, model_args, data_args, training_args, "sft", tokenizer, processor)
    rows = made["train_dataset"]
    collate = SFTDataCollatorWith4DAttentionMask(
        template=template, processor=processor, tokenizer=tokenizer, label_pad_token_id=IGNORE_INDEX
    )
    first = [rows[k] for k in range(min(ROWS, len(rows)))]
    batch = collate([dict(row) for row in first])
    image = tokenizer.convert_tokens_to_ids(processor.image_token)
    told = {
        "rows": len(rows),
        "images": [len(row["images"] or []) for row in first],
        "pictures": int(batch["pixel_values"].shape[0]),
        "placeholders": [int((ids == image).sum()) for ids in batch["input_ids"]],
        "patches": processor.num_additional_image_tokens + (128 // processor.patch_size) ** 2,
        "supervised": [tokenizer.decode(row[row != IGNORE_INDEX], skip_special_tokens=True) for row in batch["labels"]],
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main(*sys.argv[1:])

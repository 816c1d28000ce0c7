"""How an item is put to a model: prompts as versioned data, one file a protocol."""

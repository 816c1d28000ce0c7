"""Items → a LoRA adapter: what a model of the user's own is taught, at the price of each image once.

The room makes adapters and says what they were made of. Whether a cure is one, it does not say: that is for
evaluations before and after, compared.
"""

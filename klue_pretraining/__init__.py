"""From raw Korean text to an encoder: a clean corpus, a tokenizer, a masked language model."""

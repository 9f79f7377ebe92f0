"""Texts to the tokens of an encoder, with the characters that each covers."""

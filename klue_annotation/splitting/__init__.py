"""Dividing annotated rows into train and validation, so that nothing of one is in the other.

In: a folder in KLUE's raw layout. Out: another one, with both splits and a card of the data.
"""

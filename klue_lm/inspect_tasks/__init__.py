"""KLUE in inspect-ai: `inspect eval klue_lm/klue_ner`.

A folder of its own: inspect-ai puts the folder of a file that it runs in front of all others, and
no module of this room is to be found under a name that another package uses.
"""

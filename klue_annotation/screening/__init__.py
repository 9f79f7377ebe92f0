"""Screening raw texts before people annotate them: each row kept or removed, with its reasons.

In: a table of texts. Out: the same rows with `keep`, `reasons` and the classifier's probabilities,
which a person reads and overrules, and a report. The classifier is of `klue_baselines.screening`.
"""

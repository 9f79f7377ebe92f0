"""A classifier of social bias and toxicity: from comments that people labelled to flagged texts.

In: an encoder and the comments of BEEP! (Moon, Cho and Lee 2020). Out: one model with two softmaxes
of three, its scores with intervals, and thresholds for a stated recall. Any other sequence
classifier serves as a screen too, once somebody says which of its labels mean what.
"""

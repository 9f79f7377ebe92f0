"""From raw text to a dataset of KLUE's kind: forms, annotators' answers, agreement, gold.

In: raw rows, and what annotators answered to them in Label Studio. Out: the tasks and the form that
Label Studio takes, gold by each task's rule, how far annotators agree, and files in KLUE's raw
layout. One module a task; never torch.
"""

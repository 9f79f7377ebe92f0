"""Labelling files and pipes: rows are read, answered and written with their answers, part by part.

In: a file, a pipe or a dataset, and a fine-tuned model. Out: the rows with the answer's columns.
A run that was cut off goes on after its last whole part, and ends in the same bytes.
"""

"""Language models on KLUE's tasks: asked by prompt, scored by the same metric as the encoders.

A task's record says how its rows become questions and replies become records of a prediction file.
Whoever asks (a server through `klue lm`, a model in process, lm-evaluation-harness, inspect-ai)
gets the same prompts, byte for byte.
"""

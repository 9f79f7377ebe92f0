"""Models of the Hub whose ids visitors type: fetched within limits, opened and asked in processes.

Whoever types an id decides what is in the repository. Nothing of it is read in the page's own
process; each model lives in a child process that has little memory, little time and no way out.
"""

"""The page, as a Space or by `klue space`: try the tasks, score, compare models, browse the data.

In go a person's texts, prediction files and submissions, fine-tuned models and the data at hand;
out come answers, scores with intervals, a leaderboard and examples, in Korean and in English.
`page.build(Settings(...))` makes the page.
"""

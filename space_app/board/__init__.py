"""The leaderboard: published scores and submissions go in, rows of a table come out."""

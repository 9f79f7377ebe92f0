"""The leaderboard: its entries, and where they are kept."""

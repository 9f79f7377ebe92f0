"""People's own texts: how they are given, read ahead, answered, and in what detail."""

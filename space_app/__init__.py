"""The Space: try eight tasks, score predictions, see where models stand, browse the data."""

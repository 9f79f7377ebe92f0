"""What the model cards say: templates, the facts about KLUE's own models, a call of each task."""

from pathlib import Path

FOLDER = Path(__file__).parent
FINE_TUNED = FOLDER / "fine_tuned.md"
PRETRAINED = FOLDER / "pretrained.md"
PRETRAINED_HERE = FOLDER / "pretrained_here.md"
CARDS = FOLDER / "cards"

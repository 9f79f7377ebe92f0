"""What the model cards say: templates, and the facts about KLUE's own models."""

from pathlib import Path

FOLDER = Path(__file__).parent
FINE_TUNED = FOLDER / "fine_tuned.md"
LANGUAGE_MODEL = FOLDER / "language_model.md"
PRETRAINED = FOLDER / "pretrained.md"
PRETRAINED_HERE = FOLDER / "pretrained_here.md"
SCREEN = FOLDER / "screen.md"
CARDS = FOLDER / "cards"

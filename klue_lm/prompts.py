"""The prompt of a question: instruction, shots, question. All who ask use this one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from klue_common.errors import InputError
from klue_datasets import read_rows
from klue_datasets.sources import DataDir

from .shots import Shot, choose, train_rows
from .task import LMTask, Question, Wording

BETWEEN = "\n\n"  # instruction, shots and question
LANGUAGES = ("ko", "en")
PARAPHRASES = 3


@dataclass(frozen=True)
class Prompts:
    """What all prompts of a run have in common.

    Attributes:
        task: the task's record.
        language: "ko" or "en".
        paraphrase: which of the three instructions, 0 the main one.
        instruction: as the model reads it.
        shots: the worked examples, in their order.
        from_sample: whether they are from the bundled sample.
        shot_seed: the seed that chose them.
    """

    task: LMTask
    language: str
    paraphrase: int
    instruction: str
    shots: tuple[Shot, ...] = ()
    from_sample: bool = False
    shot_seed: int = 0

    @property
    def wording(self) -> Wording:
        """The task's texts in the prompts' language."""
        return self.task.wordings[self.language]

    @cached_property
    def heads(self) -> tuple[str, ...]:
        """What comes before a question, by the number of shots: its prefix for every question."""
        parts = [self.instruction + BETWEEN]
        for shot in self.shots:
            parts.append(f"{parts[-1]}{shot.question}{self.task.lead}{shot.answer}{BETWEEN}")
        return tuple(parts)

    def prompt(self, question: Question, shots: int | None = None) -> str:
        """Return a question's prompt, with the first `shots` of the worked examples or all."""
        return self.heads[len(self.shots) if shots is None else shots] + question.text

    @cached_property
    def digest(self) -> str:
        """A digest of all that the task's module lets a model read, shots and rows aside.

        12 hexadecimal digits; an edit of an instruction, a template or an answer's form changes it.
        """
        row = read_rows(self.task.name, "validation", sample=True, full=True)[0]
        questions = self.task.questions(row, self.language)
        answers = self.task.answers(row, self.language)
        frame = [
            self.task.version,
            self.instruction,
            [question.text for question in questions],
            answers,
            list(self.wording.labels.values()),
            self.task.lead,
            BETWEEN,
        ]
        return hashlib.sha256(json.dumps(frame, ensure_ascii=False).encode()).hexdigest()[:12]


def prompts_for(
    task: LMTask,
    *,
    language: str = "ko",
    paraphrase: int = 0,
    shots: int = 0,
    shot_seed: int = 0,
    data_dir: DataDir | None = None,
    sample: bool = False,
) -> Prompts:
    """Return the prompts of a run.

    Args:
        task: the task's record.
        language: "ko" or "en".
        paraphrase: which of the three instructions.
        shots: how many worked examples.
        shot_seed: which ones.
        data_dir, sample: as for `klue_datasets.load`.

    Raises:
        InputError: an unknown language or paraphrase, or more shots than there are rows.
        DataError: a file that is missing or broken.
    """
    if language not in task.wordings:
        raise InputError(f"language: found {language!r}, expected {' or '.join(task.wordings)}")
    if not 0 <= paraphrase < PARAPHRASES:
        raise InputError(f"paraphrase: found {paraphrase}, expected 0 to {PARAPHRASES - 1}")
    if shots < 0:
        raise InputError(f"shots: found {shots}, expected 0 or more")
    context = task.context(data_dir, sample) if task.context else None
    instruction = task.instruct(task.wordings[language], paraphrase, context)
    chosen: tuple[Shot, ...] = ()
    from_sample = False
    if shots:
        rows, from_sample = train_rows(task.name, data_dir, sample)
        chosen = choose(task, rows, shots, shot_seed, language)
    return Prompts(task, language, paraphrase, instruction, chosen, from_sample, shot_seed)


def check_apart(prompts: Prompts, guids: Sequence[str]) -> None:
    """Refuse shots that are among the questions, as where train is what is scored.

    Raises:
        InputError: it names the first.
    """
    asked = set(guids)
    for shot in prompts.shots:
        if shot.guid in asked:
            raise InputError(
                f"shots: found {shot.guid} among the questions too, expected shots of another split"
            )

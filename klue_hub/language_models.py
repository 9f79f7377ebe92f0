"""What goes into a language model's repository: how it answers KLUE, and nothing of its weights."""

from __future__ import annotations

from pathlib import Path

from klue_common.progress import note
from klue_lm.tasks import LMS
from klue_results.hub_entries import DATASET, EVAL_RESULTS
from klue_results.lm_card import lm_card, lm_eval_results, one_language_model
from klue_results.lm_tables import language_models
from klue_results.results import fingerprint, read_results

from .busy_hub import check_repo_id
from .contents import code_version
from .upload import CARD, Content, Upload


def language_model_upload(
    repo_id: str, folder: Path, shots: int | None = None, dataset: str | None = None
) -> Upload:
    """Return the scores of a language model: a card, entries for the Hub's boards, result files.

    Of each task the board takes the main way of asking; the card and the files tell of all.

    Args:
        repo_id: the model's own repository.
        folder: results of one language model.
        shots: of several ways of asking, the one with so many shots is the board's.
        dataset: the Hub dataset that the scores belong to, default klue/klue.

    Raises:
        InputError: results of none or of several models, or several ways that a board could take.
    """
    check_repo_id(repo_id)
    results = language_models(read_results(folder))
    one_language_model(results)
    files: dict[str, Content] = {CARD: str(lm_card(results, repo_id)).encode()}
    main = [
        result
        for result in results
        if result.task in LMS and result.settings.get("mode") == LMS[result.task].main_mode
    ]
    entries = lm_eval_results(main, shots, dataset or DATASET) if main else None
    if entries is None:
        note(f"{repo_id}: no result on all of dev in a task's main way, so no entry for a board")
    else:
        files[EVAL_RESULTS] = entries.encode()
    for result in results:
        place = f"results/{result.task}-{fingerprint(result)}-seed-{result.seed}.json"
        files[place] = result.as_json().encode()
    return Upload("model", repo_id, files, code_version(), tagged=False)

"""The cards of KLUE's own pretrained encoders, and all cards of encoders as files.

python -m klue_pretraining.pretrained_card    # writes model_cards/cards anew from the records
"""

from __future__ import annotations

from huggingface_hub import ModelCard, ModelCardData

from klue_baselines.tiny import KLUE_TINY
from klue_common.errors import InputError
from klue_datasets.about import CITATION, LICENSE
from klue_datasets.files import write_text
from klue_results.published import COLUMNS, DATE, ROWS, SOURCE
from model_cards import CARDS, PRETRAINED
from model_cards.encoders import CORPORA, ENCODERS, Fact

from .klue_tiny import NAME, card_of


def pretrained_card(name: str, repo_id: str, masked: bool = True) -> ModelCard:
    """Return the card of one of KLUE's pretrained encoders.

    Args:
        name: "bert-base", "roberta-small", "roberta-base" or "roberta-large".
        repo_id: where the encoder lies on the Hub, for the snippet.
        masked: whether the weights hold the head that fills masks; without it transformers would
            put a new one on the encoder.

    Raises:
        InputError: KLUE has no encoder of the name.

    Example:
        >>> pretrained_card("bert-base", "klue/bert-base").data.license
        'cc-by-sa-4.0'
    """
    if name not in ENCODERS:
        raise InputError(f"--card: found {name!r}, expected one of {', '.join(ENCODERS)}")
    encoder = ENCODERS[name]
    data = ModelCardData(
        language="ko",
        license=LICENSE,
        library_name="transformers",
        pipeline_tag="fill-mask" if masked else None,
        mask_token="[MASK]",
        tags=["korean", "klue"],
    )
    return ModelCard.from_template(
        data,
        template_path=str(PRETRAINED),
        repo_id=repo_id,
        encoder=encoder,
        corpora=CORPORA,
        pii=Fact(", sixteen kinds of it by patterns", verified=False),
        source=SOURCE,
        date=DATE,
        scores=published_scores(encoder.published),
        citation=CITATION,
    )


def published_scores(name: str) -> str:
    """Return a row of the published table as Markdown."""
    lines = ["| task | score | value |", "|---|---|--:|"]
    for (task, score), value in zip(COLUMNS, ROWS[name], strict=True):
        lines.append(f"| {task} | `{score}` | {value:.2f} |")
    return "\n".join(lines)


def all_cards() -> dict[str, str]:
    """Return the card of each of KLUE's encoders and of klue-tiny, by the name of its file."""
    cards = {f"klue-{name}.md": pretrained_card(name, f"klue/{name}") for name in ENCODERS}
    cards[f"{NAME}.md"] = card_of(KLUE_TINY)
    return {file: f"{card}\n" for file, card in cards.items()}


def main() -> None:
    """Write them."""
    for file, text in all_cards().items():
        write_text(CARDS / file, text)


if __name__ == "__main__":
    main()

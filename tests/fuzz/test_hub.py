"""Cards on the Hub, which people write too, and the ids of repositories."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from klue_hub.busy_hub import check_repo_id
from klue_hub.card_merge import merged, sealed
from tests.fuzz.damage import ODD_TEXTS, odd_texts, text_files
from tests.fuzz.harness import ask, often

OURS = sealed(
    "---\nlicense: cc-by-sa-4.0\nlanguage: ko\ntags:\n- klue\n- korean\nsize: 5\n---\n# KLUE\n\nText.\n"
)
THEIRS = (
    OURS,
    "---\nlicense: mit\ntags:\n- mine\ngated: true\ndate: 2020-01-02\ninfo:\n  a: [1, {b: 2}]\n---\n# Mine\n",
    "---\ntags: korean\nx: &a [1, 2]\ny: *a\nz: !!str 5\n? key\n: value\n---\ntext\n",
    "# no front matter\n",
)
# What YAML reads as something else than a text or a list of texts.
ODD_YAML = (
    "5", "2020-13-45", "2020-01-02", "0x_", "1e999", "!!python/object:os.system x", "!!timestamp x", "*none",
    "&a [*a]", "[" * 99 + "]" * 99, "{" * 99 + "}" * 99, "[" * 2000, "- - - - a", "? a", "{a: b, a: c}",
    "!!set {a}", "!!omap [a]", "!!binary xx", "'", '"', "|\n x", ">-", "%TAG", "@", "`", "<<: 5", "<<: [1]",
    "0b", "0o9", "190:20:30", "=", "!!float x", "!!int x", ".inf", "~",
)  # fmt: skip
card_texts = st.one_of(
    text_files(THEIRS).map(lambda data: data.decode(errors="replace")),
    st.builds(
        "---\n{}: {}\n{}\n---\n# Card\n".format,
        st.sampled_from(("tags", "license", "x", "5", "null", "? [1]", *ODD_TEXTS)),
        st.sampled_from(ODD_YAML),
        st.sampled_from(("", "y: 1", *ODD_YAML)),
    ),
    st.builds("---\n{}\n---\n".format, st.text(max_size=40)),
    odd_texts.map(lambda text: text.encode(errors="replace").decode()),
)


@often(40, 4000)
@given(theirs=card_texts, ours=st.one_of(st.just(OURS), st.just(OURS), st.just(OURS), card_texts))
@example("---\na: " + "[" * 2000 + "\n---\n", OURS)
@example("---\ntags: 5\n---\n", OURS)
@example("---\n1: x\n---\n", OURS)
@example("---\nx: !!timestamp x\n---\n", OURS)
@example("---\nx: !!bool x\n---\n", OURS)
@example("---\nx: 2020-13-45\n---\n", OURS)
def test_cards(theirs: str, ours: str) -> None:
    text = ask("card on the Hub", lambda: merged(ours, theirs, "org/klue: README.md"))
    if text is not None and ours == OURS:
        ask("merged card", lambda: merged(OURS, text, "org/klue: README.md"))


@often(30, 3000)
@given(odd_texts)
def test_ids(text: str) -> None:
    ask("id of a repository", lambda: check_repo_id(f"org/{text}"))

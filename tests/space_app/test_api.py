"""The page over the wire: each endpoint, what it refuses, and what it never gives."""

from __future__ import annotations

import base64
import json
import re
import tempfile
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from gradio_client import Client, handle_file

from klue_metrics import METRICS
from space_app.settings import Limits, Settings
from space_app.tasks import DEMOS
from tests.space_app.conftest import HOSTILE, Served

ABOUT = ("https://example.org", "110", "train", "held-out")


@pytest.fixture(scope="module")
def client(served: Served) -> Client:
    return Client(served.address, verbose=False)


@pytest.mark.parametrize("task", DEMOS)
def test_try(task: str, client: Client) -> None:
    html, text = client.predict(*DEMOS[task].examples[0], "", api_name=f"/try_{task}")
    assert 'class="klue answer"' in html and "small sample only" in html and text


def test_try_refuses_in_a_line(client: Client) -> None:
    for texts, expected in (
        (("", ""), "Headline: found nothing"),
        (("x" * 10_001, ""), "found 10,001 characters"),
        (("제목", "/etc/passwd"), "expected an id of the Hub"),
    ):
        html, text = client.predict(*texts, api_name="/try_ynat")
        assert expected in html and 'role="alert"' in html and text is None


def test_score(client: Client, predictions: dict[str, Path]) -> None:
    for task in METRICS:
        html, content = client.predict(
            task, handle_file(predictions[task]), "length", False, api_name="/score"
        )
        assert set(METRICS[task].scores) <= content["scores"].keys() and content["by"]
        assert f"{content['scores'][METRICS[task].main_score]:.2f}" in html
        (link,) = re.findall(r'download="klue-(\w+)\.json" href="data:[^,]*,([^"]*)"', html)
        assert link[0] == task
        assert json.loads(base64.b64decode(link[1])) == content


def test_score_shows_hostile_predictions_as_text(
    client: Client, predictions: dict[str, Path], tmp_path: Path
) -> None:
    lines = predictions["mrc"].read_text(encoding="utf-8").splitlines()
    path = tmp_path / "<b>.jsonl"
    text = (json.dumps({**json.loads(line), "prediction_text": HOSTILE}) for line in lines)
    path.write_text("\n".join(text), encoding="utf-8")
    html, _ = client.predict("mrc", handle_file(path), "", False, api_name="/score")
    assert "<script" not in html and "&lt;script&gt;" in html and "${" not in html


def test_submit_then_compare(
    client: Client, served: Served, predictions: dict[str, Path], tmp_path: Path
) -> None:
    neutral = tmp_path / "neutral.jsonl"
    lines = predictions["nli"].read_text(encoding="utf-8").splitlines()
    text = (json.dumps({**json.loads(line), "label": "neutral"}) for line in lines)
    neutral.write_text("\n".join(text), encoding="utf-8")
    for name, path in (("<i>first</i>", predictions["nli"]), ("second", neutral)):
        said = client.predict("nli", handle_file(path), name, *ABOUT, api_name="/submit")
        assert "Submitted" in said and "<i>" not in said
    again = client.predict("nli", handle_file(neutral), "second", *ABOUT, api_name="/submit")
    assert "on the board already" in again
    rows = client.predict("nli", api_name="/leaderboard")["rows"]
    ids = {row[0]: row[-1] for row in rows}
    html = client.predict(ids["<i>first</i>"], ids["second"], api_name="/compare")
    assert "accuracy" in html and "&lt;i&gt;first" in html
    assert "expected the id" in client.predict("x", "y", api_name="/compare")
    refused = client.predict(
        "nli", handle_file(neutral), "third", "javascript:1", *ABOUT[1:], api_name="/submit"
    )
    assert "link: found" in refused


def test_a_language_model_beside_an_encoder(
    client: Client, predictions: dict[str, Path], tmp_path: Path
) -> None:
    """What programs wrote for encoders goes on working; a language model has tables of its own."""
    lines = predictions["ynat"].read_text(encoding="utf-8").splitlines()
    records = [json.loads(line) for line in lines]
    records[0]["label"], records[1]["label"] = None, "날씨"
    asked, part = tmp_path / "asked.jsonl", tmp_path / "part.jsonl"
    asked.write_text("\n".join(map(json.dumps, records)), encoding="utf-8")
    part.write_text("\n".join(map(json.dumps, records[:-1])), encoding="utf-8")
    of_lm = {"kind": "language model", "asked": "rank, 7 shots, ko", "api_name": "/submit"}

    said = client.predict(
        "ynat", handle_file(predictions["ynat"]), "encoder", *ABOUT, api_name="/submit"
    )
    assert "Submitted" in said
    said = client.predict("ynat", handle_file(asked), "as encoder", *ABOUT, api_name="/submit")
    assert "asked.jsonl:1: field &#x27;label&#x27;" in said
    said = client.predict("ynat", handle_file(part), "Gemma", "", "270", **of_lm)
    assert f"found {len(records) - 1} of {len(records)} guids, expected all" in said
    said = client.predict("ynat", handle_file(asked), "Gemma", "", "270", **{**of_lm, "asked": ""})
    assert "asked: found nothing" in said
    assert "Submitted" in client.predict("ynat", handle_file(asked), "Gemma", "", "270", **of_lm)

    board = client.predict("ynat", api_name="/leaderboard")
    assert [row[0] for row in board["rows"] if row[-1]] == ["encoder"]
    (row,) = board["language_models"]["rows"]
    told = dict(zip(board["language_models"]["headers"], row, strict=True))
    assert (told["Model"], told["Asked"]) == ("Gemma", "rank, 7 shots, ko")
    assert (told["Outside"], told["Empty"], told["Parameters (M)"]) == (1, 1, 270)
    (encoder,) = (row[-1] for row in board["rows"] if row[-1])
    html = client.predict(encoder, told["id"], api_name="/compare")
    assert "Gemma · rank, 7 shots, ko" in html and f"<td>{told['macro_f1']:.2f}</td>" in html


def test_data(client: Client) -> None:
    for task in METRICS:
        html = client.predict(task, "validation", "", "", "", 0, api_name="/data")
        assert html.count("<article>") == 10
    assert "No example" in client.predict("nli", "train", "", "", "없는 말", 0, api_name="/data")
    assert "no data" in client.predict("x", "train", "", "", "", 0, api_name="/data")


@pytest.mark.parametrize("name", ["submissions.jsonl", "predictions"])
def test_the_store_is_never_served(name: str, served: Served) -> None:
    path = Path(served.settings.leaderboard) / name
    for form in ("gradio_api/file=", "file=", "gradio_api/file/"):
        address = served.address + form + urllib.parse.quote(str(path))
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(address)
        assert caught.value.code in (403, 404)


def test_nothing_of_the_api_takes_a_path_of_the_server(served: Served) -> None:
    """A file that was not uploaded can not be scored: /etc/hostname is no prediction file."""
    body = {
        "data": ["nli", {"path": "/etc/hostname", "meta": {"_type": "gradio.FileData"}}, "", False]
    }
    request = urllib.request.Request(
        served.address + "gradio_api/call/score",
        json.dumps(body).encode(),
        {"Content-Type": "application/json"},
    )
    event = json.loads(urllib.request.urlopen(request).read())["event_id"]
    answer = urllib.request.urlopen(f"{served.address}gradio_api/call/score/{event}").read()
    assert b"event: error" in answer


def test_no_path_of_the_server_comes_back(served: Served, predictions: dict[str, Path]) -> None:
    """Neither from what the page says of itself, nor from an upload, a score or a refusal."""
    api = served.address + "gradio_api/"
    said = [httpx.get(served.address + name).text for name in ("", "en", "config", "en/config")]
    said.append(httpx.get(api + "info").text)
    for path in (predictions["nli"], predictions["sts"]):
        answer = httpx.post(api + "upload", files={"files": (path.name, path.read_bytes())})
        file = {"path": answer.json()[0], "meta": {"_type": "gradio.FileData"}}
        asked = httpx.post(api + "call/score", json={"data": ["nli", file, "", False]})
        result = httpx.get(f"{api}call/score/{asked.json()['event_id']}", timeout=60)
        said += [answer.text, result.text]
        assert not Path(file["path"]).is_absolute()
    assert "macro" in said[-3] or "accuracy" in said[-3]  # the first was scored
    board, runs = served.settings.leaderboard, str(served.settings.runs)
    for place in (board, runs, str(Path.cwd()), str(Path.home()), tempfile.gettempdir()):
        assert not [text for text in said if place in text], place


@pytest.fixture
def small(tiny_runs: Path, tmp_path: Path) -> Iterator[str]:
    """A page that takes two questions a session and small files."""
    from space_app.page import build, launch_options

    limits = Limits(upload_bytes=20_000, calls=dict.fromkeys(("try", "score", "submit"), (2, 60.0)))
    settings = Settings(runs=tiny_runs, sample=True, leaderboard=str(tmp_path), limits=limits)
    page = build(replace(settings, leaderboard=str(tmp_path / "board")))
    options = {"server_name": "127.0.0.1", "quiet": True, "prevent_thread_lock": True}
    _, address, _ = page.launch(**options, **launch_options(settings))
    yield address
    page.close()


def test_limits_of_a_session_and_of_a_file(small: str, tmp_path: Path) -> None:
    client = Client(small, verbose=False)
    answers = [client.predict("제목", "", api_name="/try_ynat")[0] for _ in range(3)]
    assert ["expected at most 2" in html for html in answers] == [False, False, True]
    other = Client(small, verbose=False)
    assert "expected at most" not in other.predict("제목", "", api_name="/try_ynat")[0]
    large = tmp_path / "large.jsonl"
    large.write_bytes(b"x" * 30_000)
    with pytest.raises(Exception, match=r"413|[Ss]ize|exceed"):
        client.predict("nli", handle_file(large), "", False, api_name="/score")


@pytest.mark.slow
def test_twenty_at_once_on_try_while_others_score(
    served: Served, predictions: dict[str, Path]
) -> None:
    """Every one of 20 clients gets its answers, however busy the machine is."""
    patient = {"timeout": 300}

    def visit(_: int) -> int:
        client = Client(served.address, verbose=False, httpx_kwargs=patient)
        answers = 0
        for _ in range(3):
            html, _ = client.predict(*DEMOS["nli"].examples[0], "", api_name="/try_nli")
            answers += 'class="klue answer"' in html
        return answers

    def load(_: int) -> None:
        client = Client(served.address, verbose=False, httpx_kwargs=patient)
        html, _ = client.predict(
            "mrc", handle_file(predictions["mrc"]), "", False, api_name="/score"
        )
        assert "klue report" in html

    with ThreadPoolExecutor(24) as pool:
        heavy = [pool.submit(load, at) for at in range(4)]
        answers = list(pool.map(visit, range(20)))
        for job in heavy:
            job.result()
    assert answers == [3] * 20


def test_the_overview_is_asked_by_the_query_of_its_link(client: Client) -> None:
    content = client.predict("kinds=published&search=KLUE&sort=sts.f1", api_name="/overview")
    assert content["models"][0]["model"] == "KLUE-RoBERTa-large"
    assert {model["kind"] for model in content["models"]} == {"published"}
    whatever = client.predict("kinds=%00&least=x&sort=<script>", api_name="/overview")
    assert len(whatever["models"]) >= 9 and whatever["query"] == ""

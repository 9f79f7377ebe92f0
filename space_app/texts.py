"""Everything that the page says, in Korean and in English, in one table."""

from __future__ import annotations

from dataclasses import dataclass

from klue_metrics.interval_notes import INTERVAL_NOTE


@dataclass(frozen=True)
class Language:
    """One of the page's two languages; `column` is its place in `TEXTS`."""

    code: str
    name: str
    column: int

    def say(self, key: str, **values: object) -> str:
        """The text of a key, its {places} filled.

        >>> ENGLISH.say("data.count", count=1200)
        '1,200 examples'
        """
        return TEXTS[key][self.column].format(**values)


KOREAN = Language("ko", "한국어", 0)
ENGLISH = Language("en", "English", 1)
LANGUAGES = (KOREAN, ENGLISH)

TEXTS: dict[str, tuple[str, str]] = {
    # The page
    "title": ("KLUE: 한국어 자연어 이해 평가", "KLUE: Korean Language Understanding"),
    "lead": (
        "여덟 과제를 직접 해 보고, 예측 파일을 채점하고, 모델의 현재 위치를 확인하세요.",
        "Try the eight tasks, score predictions, and see where models stand.",
    ),
    "sample": (
        "이 페이지는 KLUE가 아니라 프로젝트에 들어 있는 작은 예시 데이터로 동작합니다. 점수는 KLUE "
        "점수가 아닙니다.",
        "This page runs on the project's small bundled sample, not on KLUE: no score here is a "
        "KLUE score.",
    ),
    "tab.try": ("체험", "Try"),
    "tab.score": ("채점", "Score"),
    "tab.leaderboard": ("리더보드", "Leaderboard"),
    "tab.data": ("데이터", "Data"),
    "task": ("과제", "Task"),
    "run": ("실행", "Run"),
    "empty.text": (
        "{field}: 비어 있습니다. 글을 입력하세요.",
        "{field}: found nothing, type a text",
    ),
    "long.text": (
        "{field}: {found:,}자입니다. {most:,}자까지 입력할 수 있습니다.",
        "{field}: found {found:,} characters, expected at most {most:,}",
    ),
    "error": ("오류", "Error"),
    # The tasks
    "ynat": ("주제 분류", "Topic"),
    "sts": ("문장 유사도", "Similarity"),
    "nli": ("자연어 추론", "Inference"),
    "ner": ("개체명 인식", "Entities"),
    "re": ("관계 추출", "Relation"),
    "dp": ("의존 구문 분석", "Dependencies"),
    "mrc": ("기계 독해", "Reading"),
    "wos": ("대화 상태 추적", "Dialogue state"),
    # The texts that a person gives
    "field.title": ("기사 제목", "Headline"),
    "field.sentence1": ("문장 1", "Sentence 1"),
    "field.sentence2": ("문장 2", "Sentence 2"),
    "field.premise": ("전제", "Premise"),
    "field.hypothesis": ("가설", "Hypothesis"),
    "field.sentence": ("문장", "Sentence"),
    "field.question": ("질문", "Question"),
    "field.context": ("지문", "Passage"),
    "field.spans": ("표시한 개체", "Marked entities"),
    "field.pos": (
        "어절별 품사 (선택, 예: NNG+JKS VV+EF)",
        "Parts of speech of each word (optional, like NNG+JKS VV+EF)",
    ),
    "field.turns": ("대화", "Dialogue"),
    # Try
    "try.examples": ("예문", "Examples"),
    "try.model": ("모델 바꾸기", "Use another model"),
    "try.model.label": ("Hub의 모델 id", "A model's id on the Hub"),
    "try.model.info": (
        "klue train으로 만든 모델의 id를 입력하세요. safetensors만 읽고, 저장소의 코드는 실행하지 "
        "않습니다. 비워 두면 기본 모델을 씁니다.",
        "The id of a model made by klue train. Only safetensors are read, and no code of the "
        "repository runs. Leave it empty for the default model.",
    ),
    "try.text": ("복사할 수 있는 형식", "As text, to copy"),
    "try.waiting": ("실행하면 결과가 여기에 나타납니다.", "The answer appears here."),
    "try.used": ("모델: {name}", "Model: {name}"),
    "try.sample": (
        "작은 예시 데이터로만 학습한 모델입니다. 답을 믿지 마세요.",
        "This model has learned from the small sample only: do not trust its answers.",
    ),
    "try.none": (
        "이 과제의 모델이 아직 없습니다. 아래 명령으로 만들거나, '모델 바꾸기'에 Hub의 모델 id를 "
        "입력하세요.",
        "There is no model for this task yet. Make one with the command below, or type the id of "
        "one on the Hub under “Use another model”.",
    ),
    "sts.of5": ("5점 만점", "out of 5"),
    "sts.similar": ("유사함 (3.0 이상)", "similar (3.0 and above)"),
    "sts.different": ("유사하지 않음 (3.0 미만)", "not similar (below 3.0)"),
    "sts.scale": ("0은 전혀 다름, 5는 같은 뜻", "0: unrelated, 5: the same meaning"),
    "entailment": ("함의", "Entailment"),
    "neutral": ("중립", "Neutral"),
    "contradiction": ("모순", "Contradiction"),
    "PS": ("인물", "Person"),
    "LC": ("지역", "Location"),
    "OG": ("기관", "Organisation"),
    "DT": ("날짜", "Date"),
    "TI": ("시간", "Time"),
    "QT": ("수량", "Quantity"),
    "ner.none": ("개체명이 없습니다.", "No entities were found."),
    "re.how": (
        "문장에서 낱말을 마우스나 Shift+화살표로 선택한 뒤 주어 또는 목적어로 표시하세요.",
        "Select words in the sentence with the mouse or Shift+arrows, then mark them as subject "
        "or object.",
    ),
    "re.subject": ("주어로 표시", "Mark as subject"),
    "re.object": ("목적어로 표시", "Mark as object"),
    "re.subject.short": ("주어", "subject"),
    "re.object.short": ("목적어", "object"),
    "re.nothing": ("먼저 문장에서 낱말을 선택하세요.", "Select words in the sentence first."),
    "re.unmarked": (
        "주어와 목적어를 모두 표시하세요.",
        "Mark both a subject and an object.",
    ),
    "re.spans": (
        "spans: 문장 안의 서로 다른 두 구간이어야 합니다.",
        "spans: expected two stretches of the sentence that do not overlap",
    ),
    "re.top": ("가장 확률이 높은 관계", "Most probable relations"),
    "dp.note": (
        "화살표는 지배소에서 의존소로 향합니다. 이 모델은 품사도 함께 배웠으므로, 품사 없이는 "
        "트리가 훨씬 부정확합니다.",
        "Arrows go from head to dependent. The parser has learned with parts of speech: without "
        "them its trees are much worse.",
    ),
    "dp.tree": ("{count}어절의 의존 구문 트리", "Dependency tree of {count} words"),
    "mrc.answer": ("답", "Answer"),
    "mrc.none": ("지문에 답이 없습니다", "No answer in the passage"),
    "mrc.scores": (
        "가장 좋은 답의 점수 {best:.2f}, '답 없음'의 점수 {null:.2f}",
        "Best answer scores {best:.2f}, no answer {null:.2f}",
    ),
    "dp.pos": (
        "품사: {words}어절에 {found}개입니다. 어절마다 하나씩 입력하거나 모두 비워 두세요.",
        "pos: found {found}, expected one for each of the {words} words, or none",
    ),
    "wos.how": (
        "사용자와 시스템의 말을 번갈아 입력하세요. 사용자의 말이 끝날 때마다 상태가 갱신됩니다.",
        "Type what user and system say in turn. The state updates after each turn of the user.",
    ),
    "wos.user": ("사용자", "User"),
    "wos.sys": ("시스템", "System"),
    "wos.says": ("{who}의 말", "{who} says"),
    "wos.send": ("보내기", "Send"),
    "wos.undo": ("되돌리기", "Undo"),
    "wos.clear": ("새 대화", "New dialogue"),
    "wos.slot": ("슬롯", "Slot"),
    "wos.value": ("값", "Value"),
    "wos.change": ("변화", "Change"),
    "wos.new": ("추가됨", "new"),
    "wos.was": ("이전: {value}", "was {value}"),
    "wos.gone": ("삭제됨", "removed"),
    "wos.empty": ("상태가 비어 있습니다.", "The state is empty."),
    "wos.start": ("아직 대화가 없습니다.", "No turns yet."),
    "wos.turns": (
        "turns: 사용자부터 번갈아 말한 글의 목록이어야 합니다.",
        "turns: expected a list of texts, the user's first",
    ),
    # Score
    "score.lead": (
        "예측 파일을 올리면 공식 점수와 95% 신뢰구간을 계산합니다. 정답은 {split} 분할 "
        "{count:,}개입니다.",
        "Upload a prediction file for the official scores with 95 % intervals, against the "
        "{count:,} examples of the {split} split.",
    ),
    "score.nodata": (
        "이 서버에는 이 과제의 데이터가 없어 채점할 수 없습니다.",
        "This server has no data for the task, so it cannot score it.",
    ),
    "score.format": (
        "파일 형식: JSON Lines, 한 줄에 하나",
        "Format: JSON Lines, one object a line",
    ),
    "score.file": ("예측 파일 (.jsonl, 64MB 이하)", "Prediction file (.jsonl, at most 64 MB)"),
    "score.unknown": (
        "라벨 집합에 없는 라벨과 빠진 답을 오답으로 처리 (언어 모델 채점용)",
        "Count unknown labels and missing answers as wrong (for language models)",
    ),
    "score.unknown.found": (
        "오답으로 처리: 라벨 집합에 없는 답 {invented:,}개, 빈 답 {empty:,}개 (파일에 없는 guid "
        "{missing:,}개)",
        "Counted as wrong: {invented:,} invented, {empty:,} empty (guids missing: {missing:,})",
    ),
    "score.by": ("세부 분석 기준", "Breakdown by"),
    "score.by.none": ("없음", "none"),
    "score.button": ("채점하기", "Score"),
    "score.download": ("결과 내려받기 (JSON)", "Download as JSON"),
    "score.nofile": ("먼저 파일을 올리세요.", "Upload a file first."),
    "score.waiting": (
        "파일을 올리고 '채점하기'를 누르면 점수가 여기에 나타납니다.",
        "Upload a file and press Score: the scores appear here.",
    ),
    "score.score": ("점수", "Score"),
    "score.value": ("값", "Value"),
    "score.interval": ("95% 신뢰구간", "95 % interval"),
    "score.outside": (
        "{names}: 구간이 점수 자체를 벗어나 있습니다. 어떤 클래스의 예가 적으면 재표집의 점수가 "
        "데이터의 점수와 달라지므로, 이 구간은 오차 범위가 아닙니다.",
        INTERVAL_NOTE,
    ),
    "score.errors": ("손실이 가장 큰 예", "Costliest errors"),
    "score.errors.lead": (
        "{main} 점수를 깎는 예 {count:,}개 가운데 가장 큰 것부터 {shown}개. 숫자는 그 예가 없을 때 "
        "오르는 점수입니다.",
        "{shown} of {count:,} examples that cost {main}, the costliest first, each with the points "
        "that the score would gain without it.",
    ),
    "score.noerrors": ("틀린 예가 없습니다.", "Nothing is wrong."),
    "score.confusions": ("혼동 행렬", "Confusions"),
    "score.confusions.lead": (
        "행은 정답, 열은 예측입니다.",
        "Rows are references, columns predictions.",
    ),
    "score.right": ("맞음", "right"),
    "score.missed": ("놓침", "missed"),
    "score.wrong": ("틀림", "wrong"),
    "score.examples": ("예", "Examples"),
    # Leaderboard
    "board.lead": (
        "공개된 점수와 이 페이지에서 채점한 점수입니다. 공개된 점수는 평가한 분할이 명시되지 "
        "않았고(아마 "
        "비공개 test), 여기서 채점한 점수는 dev이므로 나란히 비교할 수 없습니다.",
        "Published scores, and those that this page has computed. The source of the published ones "
        "does not name the split (probably the hidden test set); scores made here are on dev, so "
        "the two do not compare like with like.",
    ),
    "board.table": ("점수표", "Scores"),
    "board.id": ("id", "id"),
    "board.model": ("모델", "Model"),
    "board.source": ("출처", "Source"),
    "board.published": ("공개", "published"),
    "board.here": ("여기서 채점", "scored here"),
    "board.parameters": ("매개변수(백만)", "Parameters (M)"),
    "board.trained": ("학습 데이터", "Trained on"),
    "board.selected": ("선택 기준", "Selected on"),
    "board.examples": ("예", "Examples"),
    "board.date": ("날짜", "Date"),
    "board.link": ("링크", "Link"),
    "board.pick": (
        "행을 누르면 자세한 정보가 나타납니다. 제출된 모델 두 행을 차례로 누르면 비교할 A와 "
        "B가 됩니다.",
        "Press a row for its details. Two submitted rows pressed one after the other become A and "
        "B of the comparison.",
    ),
    "board.plot": ("{task} 점수와 95% 신뢰구간", "{task}: scores and 95 % intervals"),
    "board.across": ("한 모델의 과제별 점수", "A model across tasks"),
    "board.across.model": ("모델", "Model"),
    "board.across.all": (
        "회색 점은 다른 모델의 점수입니다.",
        "Grey dots are the other models.",
    ),
    "board.none": (
        "아직 이 과제에 제출된 모델이 없습니다. 아래에서 첫 모델을 제출해 보세요.",
        "No model has been submitted for this task yet. Be the first, below.",
    ),
    "board.compare": ("두 모델의 비교", "Compare two models"),
    "board.a": ("A", "A"),
    "board.b": ("B", "B"),
    "board.compare.button": ("비교하기", "Compare"),
    "board.compare.few": (
        "비교하려면 이 과제에 제출된 모델이 둘 있어야 합니다. 공개된 점수에는 예측이 없습니다.",
        "A comparison takes two models submitted for this task; published scores come without "
        "predictions.",
    ),
    "board.difference": ("A − B", "A − B"),
    "board.p": ("p (부트스트랩)", "p (bootstrap)"),
    "board.p2": ("p (무작위화)", "p (randomisation)"),
    "board.verdict": ("판정 (5% 수준)", "Verdict (5 % level)"),
    "board.real.a": ("A가 더 좋습니다", "A is better"),
    "board.real.b": ("B가 더 좋습니다", "B is better"),
    "board.real.no": ("구별할 수 없습니다", "cannot be told apart"),
    "submit": ("모델 제출", "Submit a model"),
    "submit.lead": (
        "올린 파일을 이 페이지가 직접 채점하고, 그 점수만 표에 올립니다. 예측은 모델 비교에만 "
        "쓰이며 "
        "공개되지 않습니다.",
        "This page scores the file itself, and only those scores enter the table. The predictions "
        "are kept for comparisons and never given out.",
    ),
    "submit.model": ("모델 이름", "Model name"),
    "submit.link": ("링크 (선택)", "Link (optional)"),
    "submit.parameters": ("매개변수 수, 백만 단위 (선택)", "Parameters in millions (optional)"),
    "submit.trained": ("학습에 쓴 데이터", "Trained on"),
    "submit.trained.hint": ("예: KLUE train 전체", "e.g. all of KLUE train"),
    "submit.selected": ("체크포인트를 고른 기준", "Selected on"),
    "submit.selected.hint": ("예: train의 10%, 또는 dev", "e.g. a tenth of train, or dev"),
    "submit.button": ("채점하고 제출하기", "Score and submit"),
    "submit.done": ("제출되었습니다: {model}", "Submitted: {model}"),
    # Data
    "data.split": ("분할", "Split"),
    "data.label": ("라벨", "Label"),
    "data.source": ("출처", "Source"),
    "data.all": ("전체", "all"),
    "data.search": ("글에서 찾기", "Search the texts"),
    "data.count": ("{count:,}개", "{count:,} examples"),
    "data.found": ("{total:,}개 가운데 {count:,}개", "{count:,} of {total:,} examples"),
    "data.page": ("{page} / {pages} 쪽", "Page {page} of {pages}"),
    "data.previous": ("이전", "Previous"),
    "data.next": ("다음", "Next"),
    "data.nothing": ("조건에 맞는 예가 없습니다.", "No example matches."),
    "data.missing": (
        "이 서버에는 이 과제의 데이터가 없습니다.",
        "This server has no data for the task.",
    ),
    "data.gold": ("정답", "Gold"),
    "data.annotators": ("주석자", "Annotators"),
    "data.distribution": ("라벨 분포", "Labels"),
    "data.licence": (
        "KLUE 데이터는 CC BY-SA 4.0 라이선스를 따릅니다.",
        "KLUE's data is under CC BY-SA 4.0.",
    ),
    "author": ("작성자", "author"),
    "impossible": ("답 없음", "unanswerable"),
    "binary": ("이진 라벨", "binary label"),
    "rating.mean": ("평균 평점", "mean rating"),
    "category": ("포털 분류", "portal category"),
    "number": ("{number}번", "no. {number}"),
}

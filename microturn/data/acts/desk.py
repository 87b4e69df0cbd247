"""A desk: speaking up when code has a bug, a build fails, a bar is full, a page turns, a message comes; what is on the
screen, and what time the clock on it shows."""

from collections.abc import Callable, Sequence

from PIL import Image

from microturn.data.acts.film import (
    Cue,
    Eye,
    Labels,
    Wording,
    World,
    ask,
    draw_answer,
    draw_apart,
    first_tick,
    question,
    watch,
    ways,
)
from microturn.data.lexicon import NOUNS
from microturn.data.pictures import programs, screens
from microturn.data.pictures.cameras import Camera, draw_camera
from microturn.data.pictures.screens import Style, draw_style
from microturn.data.script import Stage, Told, reply_tick
from microturn.features.numbers import clock_words
from microturn.protocol.clock import TICK_MS
from microturn.protocol.events import Channel

SHORT = tuple(word for word in NOUNS if 3 <= len(word) <= 7)
NOTHING: Labels = {"shape": "", "colour": "", "motion": "", "reading": ""}
WRITING: Labels = {"shape": "", "motion": ""}  # more words than one label can say


def shared(stage: Stage) -> Eye:
    """A screen is mostly shared as it is, now and then compressed; or filmed by a camera that is kept still enough."""
    if stage.chance(0.8):
        quality = stage.whole(40, 80) if stage.chance(0.4) else None
        interval_ms = stage.pick((200.0, 200.0, 400.0, 500.0))
        camera = Camera(seed=stage.whole(0, 1 << 30), quality=quality, interval_ms=interval_ms)
        return Eye(camera=camera, channel=Channel.SCREEN)
    seen = draw_camera(stage.rng)
    steady = Camera(seed=seen.seed, wander_px=seen.wander_px / 2, light=seen.light, noise=min(seen.noise, 5))
    return Eye(camera=steady)


def ready_ms(told: Told) -> float:
    """From when on something may happen that was asked about."""
    return (reply_tick(told.until_ms) + 2) * float(TICK_MS)


_Step = tuple[float, Callable[[], Image.Image], Labels]


def _steps(pages: Sequence[_Step]) -> World:
    """A screen that shows one page after the other, each from its time on."""

    def world(at_ms: float) -> tuple[Image.Image, Labels]:
        page, seen = pages[0][1:]
        for from_ms, later, labels in pages[1:]:
            if at_ms >= from_ms:
                page, seen = later, labels
        return page(), seen

    return world


def _watch(stage: Stage, world: World, cues: Sequence[Cue], first: int, *, tail_ms: float | None = None) -> None:
    eye = shared(stage)
    tail_ms = stage.between(1000, 2500) if tail_ms is None else tail_ms
    watch(stage, world, cues, first=first, eye=eye, tail_ms=tail_ms)


def bug(stage: Stage) -> None:
    """Tell me when there is a bug: code is typed; the bug is there when its line is left. One in eight has none."""
    kind = "" if stage.chance(0.12) else stage.pick(programs.BUGS)
    program = draw_apart(stage, lambda: programs.draw_program(stage.rng, bug=kind), lambda one: " ".join(one.names[:3]))
    answer, asked = _bug_request(stage)
    first = first_tick(stage)
    told = ask(stage, asked)
    keys_ms = screens.keystrokes(stage.rng, program.text, ready_ms(told) + stage.between(0, 1500))
    style = draw_style(stage.rng)
    cues: list[Cue] = []
    if program.at is not None:
        at_ms = keys_ms[program.at - 1]
        cues = [Cue(at_ms=at_ms, seen_ms=at_ms, name=f"bug {program.bug}", answer=answer, data={"sight": "bug"})]
    spare_ms = keys_ms[-1] - (cues[0].at_ms if cues else stage.now_ms)

    def world(at_ms: float) -> tuple[Image.Image, Labels]:
        return screens.editor(style, screens.typed(program.text, keys_ms, at_ms)), WRITING

    _watch(stage, world, cues, first, tail_ms=max(spare_ms, 0.0) + stage.between(800, 2000))


def _bug_request(stage: Stage) -> tuple[str, Wording]:
    """What is to be said, and how it is asked for."""
    if stage.chance(0.4):
        answer = draw_answer(stage, "bug", avoid=("problem", *programs.NAMES))
        named = (*ways("there is a bug"), *ways("the code is broken"))
        return answer, Wording(plain=ways("there is a problem"), named=named, fill={"W": answer})
    if stage.chance(0.3):
        plain = ("tell me when there is a problem", "tell me | when you see a problem")
        return "there is a problem", Wording(plain=plain, named=("tell me when there is a problem in the code",))
    plain = ("tell me when you see what is broken", "tell me when it is broken")
    named = ("tell me when there is a bug", "tell me | when you see a bug", "tell me when there is a bug in the code")
    return "there is a bug", Wording(plain=plain, named=named)


def build(stage: Stage) -> None:
    """Say W when the build fails, or when it has passed: a log scrolls; another build may end the other way before."""
    passes = stage.chance(0.4)
    runs = [not passes] * stage.whole(0, 1) + [passes]
    logs = [
        draw_apart(stage, lambda one=one: programs.draw_log(stage.rng, passes=one), lambda log: " ".join(log[1:]))
        for one in runs
    ]
    answer = draw_answer(stage, "passed" if passes else "failed", avoid=(*programs.NAMES,))
    condition = "the build is done" if passes else "the build is broken"
    named = ways("the build passes") if passes else (*ways("the build fails"), *ways("you see an error"))
    first = first_tick(stage)
    told = ask(stage, Wording(plain=ways(condition), named=named, fill={"W": answer}))
    at_ms, style = ready_ms(told), draw_style(stage.rng)
    shown: tuple[str, ...] = ()
    pages: list[_Step] = [(0.0, lambda: screens.terminal(style, ("wait",)), WRITING)]
    for run, log in zip(runs, logs, strict=True):
        for line in log:
            at_ms += stage.between(150, 700) * (3 if stage.chance(0.1) else 1)
            shown = (*shown, line)
            pages.append((at_ms, lambda shown=shown: screens.terminal(style, shown), WRITING))
        if run != passes:
            stage.mark("event", at_ms, at_ms, "build passed" if run else "build failed", who="world")
            at_ms += stage.between(500, 1500)
    name = "build passed" if passes else "build failed"
    cue = Cue(at_ms=at_ms, seen_ms=at_ms, name=name, answer=answer, data={"sight": name.split()[1]})
    _watch(stage, _steps(pages), [cue], first)


def bar(stage: Stage) -> None:
    """Tell me when the bar is full: it grows at changing speed, and may stand still on the way."""
    answer, plain = "it is full", ("tell me when it is full", "tell me | when you see that it is full")
    named = ("tell me when the bar is full", "tell me when it has reached the end")
    if stage.chance(0.5):
        answer = draw_answer(stage, "full", avoid=("bar",))
        plain, named = ways("it is full"), (*ways("the bar is full"), *ways("the download is done"))
    first = first_tick(stage)
    told = ask(stage, Wording(plain=plain, named=named, fill={"W": answer}))
    at_ms, percent, pace = ready_ms(told), stage.whole(0, 40), stage.between(2, 9)
    steps: list[tuple[float, int]] = [(0.0, percent)]
    while percent < 100:
        at_ms += stage.between(120, 320) + (stage.between(500, 2000) if stage.chance(0.06) else 0.0)
        percent = min(100, percent + max(1, round(pace * stage.between(0.3, 1.7))))
        steps.append((at_ms, percent))
    style = draw_style(stage.rng)
    pages: list[_Step] = [(from_ms, lambda share=share: screens.bar(style, share), NOTHING) for from_ms, share in steps]
    cue = Cue(at_ms=at_ms, seen_ms=at_ms, name="bar full", answer=answer, data={"sight": "full"})
    _watch(stage, _steps(pages), [cue], first)


def slides(stage: Stage) -> None:
    """Say W at every new page: slides change once to three times."""
    titles = draw_apart(stage, lambda: tuple(stage.pick(SHORT) for _ in range(4)), " ".join)
    style = draw_style(stage.rng)
    answer = draw_answer(stage, "page", avoid=titles)
    plain = (*ways("you see a new page"), *ways("there is a new picture"), "say W | every time you see a new page")
    named = (*ways("the slide changes"), "say W whenever the slide changes")
    first = first_tick(stage)
    told = ask(stage, Wording(plain=plain, named=named, fill={"W": answer}))
    pages: list[_Step] = []
    cues: list[Cue] = []
    at_ms = 0.0
    for index, title in enumerate(titles[: stage.whole(2, 4)]):
        points = tuple(stage.pick(SHORT) for _ in range(stage.whole(0, 2)))
        labels = WRITING if points else {**NOTHING, "reading": title}
        pages.append((at_ms, lambda title=title, points=points: screens.slide(style, title, points), labels))
        if index:
            cues.append(Cue(at_ms=at_ms, seen_ms=at_ms, name=f"slide {title}", answer=answer, data={"sight": "page"}))
        at_ms = max(at_ms, ready_ms(told)) + stage.between(1600, 4500)
    _watch(stage, _steps(pages), cues, first)


def message(stage: Stage) -> None:
    """Say W when a message comes: one's own are sent in between and ask for nothing."""
    words = draw_apart(stage, lambda: tuple(stage.pick(SHORT) for _ in range(6)), " ".join)
    style = draw_style(stage.rng)
    answer = draw_answer(stage, "message", avoid=words)
    plain = (*ways("there is a new letter"), "say W | every time there is a new letter")
    named = (*ways("a message arrives"), "say W whenever there is a message", *ways("somebody writes to me"))
    first = first_tick(stage)
    told = ask(stage, Wording(plain=plain, named=named, fill={"W": answer}))
    talk: tuple[tuple[str, bool], ...] = ((words[0], False),) if stage.chance(0.6) else ()
    pages: list[_Step] = [(0.0, lambda talk=talk: screens.chat(style, talk), WRITING)]
    cues: list[Cue] = []
    at_ms, wanted = ready_ms(told), stage.whole(1, 2)
    for word in words[1:]:
        at_ms += stage.between(1600, 3800)
        own = stage.chance(0.35)
        talk = (*talk, (word, own))
        pages.append((at_ms, lambda talk=talk: screens.chat(style, talk), WRITING))
        if own:
            stage.mark("event", at_ms, at_ms, "message sent", who="world")
        else:
            cues.append(Cue(at_ms=at_ms, seen_ms=at_ms, name="message", answer=answer, data={"sight": "message"}))
        if len(cues) == wanted:
            break
    _watch(stage, _steps(pages), cues, first)


def typing(stage: Stage) -> None:
    """Say W when you see the word X: text is typed letter by letter; the word is there with its last letter."""
    words = draw_apart(stage, lambda: tuple(stage.pick(SHORT) for _ in range(stage.whole(2, 4))), " ".join)
    target = words[-1]
    while any(target in word for word in words[:-1]):
        words = draw_apart(stage, lambda: tuple(stage.pick(SHORT) for _ in range(3)), " ".join)
        target = words[-1]
    answer = draw_answer(stage, target, avoid=words)
    asked = Wording(plain=(*ways("you see the word X"), *ways("you see X")), fill={"W": answer, "X": target})
    first = first_tick(stage)
    told = ask(stage, asked)
    text, style = "\n".join(words), draw_style(stage.rng)
    keys_ms = screens.keystrokes(stage.rng, text, ready_ms(told), key_ms=stage.between(120, 260))

    def world(at_ms: float) -> tuple[Image.Image, Labels]:
        typed = screens.typed(text, keys_ms, at_ms)
        alone = {**WRITING, "colour": "", "reading": typed} if typed == words[0] else WRITING
        return screens.text_page(style, typed), NOTHING if not typed else alone

    cue = Cue(at_ms=keys_ms[-1], seen_ms=keys_ms[-1], name=f"word {target}", answer=answer, data={"sight": target})
    _watch(stage, world, [cue], first)


def dial(stage: Stage) -> None:
    """Say W when the clock shows a time, or what time is on the screen: a clock whose minute turns."""
    style = draw_style(stage.rng)
    start = draw_apart(stage, lambda: stage.whole(0, 719), lambda minutes: f"{minutes}")
    face = {**NOTHING, "shape": "clock"}

    def page(minutes: int) -> Callable[[], Image.Image]:
        return lambda: screens.clock(style, minutes // 60, minutes % 60)

    if stage.chance(0.5):
        asked = Wording(
            plain=("what time do you see", "tell me what time you see"), named=("what time is on the screen",)
        )
        answer = " ".join(clock_words(start * 60))
        question(stage, _steps([(0.0, page(start), face)]), asked, eye=shared(stage), answer=answer)
        return
    answer = draw_answer(stage, "clock", avoid=clock_words((start + 1) * 60))
    fill = {"W": answer, "T": " ".join(clock_words((start + 1) * 60))}
    first = first_tick(stage)
    told = ask(stage, Wording(plain=ways("the clock is T"), named=ways("the clock shows T"), fill=fill))
    at_ms = ready_ms(told) + stage.between(1000, 5000)
    cue = Cue(at_ms=at_ms, seen_ms=at_ms, name="minute", answer=answer, data={"sight": "clock"})
    _watch(stage, _steps([(0.0, page(start), face), (at_ms, page(start + 1), face)]), [cue], first)


def on_screen(stage: Stage) -> None:
    """What is on the screen: code, a log, a slide, a chat, a bar or a clock; or the word on it."""
    for _ in range(stage.whole(1, 2)):
        style = draw_style(stage.rng)
        name, page, labels = stage.pick(_PAGES)(stage, style)
        asked = Wording(plain=("what do you see", "tell me what you see"), named=("what is on the screen",))
        question(stage, _steps([(0.0, lambda page=page: page, labels)]), asked, eye=shared(stage), answer=name)
        stage.pause(200, 800)


Page = tuple[str, Image.Image, Labels]


def _code(stage: Stage, style: Style) -> Page:
    program = draw_apart(stage, lambda: programs.draw_program(stage.rng), lambda one: " ".join(one.names[:3]))
    return "code", screens.editor(style, program.text), WRITING


def _log(stage: Stage, style: Style) -> Page:
    passes = stage.chance(0.5)
    log = draw_apart(stage, lambda: programs.draw_log(stage.rng, passes=passes), lambda log: " ".join(log[1:]))
    return "a build", screens.terminal(style, log), WRITING


def _chat(stage: Stage, style: Style) -> Page:
    talk = tuple((stage.pick(SHORT), stage.chance(0.5)) for _ in range(stage.whole(1, 4)))
    return "a chat", screens.chat(style, talk), WRITING


def _bar(stage: Stage, style: Style) -> Page:
    return "a bar", screens.bar(style, stage.whole(1, 99)), NOTHING


def _clock(stage: Stage, style: Style) -> Page:
    return "a clock", screens.clock(style, stage.whole(1, 12), stage.whole(0, 59)), {**NOTHING, "shape": "clock"}


def _word(stage: Stage, style: Style) -> Page:
    word = draw_apart(stage, lambda: stage.pick(SHORT))
    return f"the word {word}", screens.text_page(style, word), {**NOTHING, "reading": word}


_PAGES = (_code, _log, _chat, _bar, _clock, _word)

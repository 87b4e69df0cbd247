"""What the aligner's ear is taught: the truth of the voices, frame by frame, of training voices alone."""

import numpy as np

from microturn.data.voices.phones import PHONE_ID, PHONES
from microturn.data.voices.registry import voices
from microturn.data.voices.voice import Sound, Speech
from microturn.model.phone_net import PhoneNetConfig
from microturn.train.align import AlignRun, Heard, crops, heard, labels, made_voices, roughened, train, warped

TONE = np.sin(np.arange(16000) * 0.2).astype(np.float32)


def test_labels_are_the_phones_of_each_frame() -> None:
    phones = (Sound("aa", 20, 50), Sound("sil", 50, 70), Sound("s", 70, 100))
    named = [PHONES[i] for i in labels(phones, 12, lead_ms=10.0)]
    assert named == ["sil"] * 3 + ["aa"] * 3 + ["sil"] * 2 + ["s"] * 3 + ["sil"]


def test_an_utterance_stands_in_silence_and_its_labels_with_it() -> None:
    speech = Speech(0.3 * TONE, 16000, (), (Sound("aa", 0, 1000),))
    for seed in range(5):
        item = heard(speech, np.random.default_rng(seed))
        assert len(item.mel_FM) == len(item.phone_F) >= 100
        assert (item.phone_F == PHONE_ID["aa"]).sum() == 100


def test_rough_is_as_long_as_it_was_and_never_the_same() -> None:
    one, other = (roughened(TONE, np.random.default_rng(seed)) for seed in (1, 2))
    assert len(one) == len(TONE) and one.dtype == np.float32
    assert not np.array_equal(one, other)


def test_a_warped_take_keeps_its_phones_in_their_places() -> None:
    samples = np.concatenate([np.zeros(8000, np.float32), TONE[:8000]])
    faster = warped(Speech(samples, 16000, (), (Sound("aa", 500, 1000),)), 1.25)
    assert len(faster.samples) == round(16000 / 1.25)
    first = np.flatnonzero(np.abs(faster.samples) > 0.3)[0] / 16
    assert abs(first - faster.phones[0].at_ms) < 2


def test_it_hears_training_voices_only() -> None:
    names = {voice.name for voice in made_voices()}
    assert names
    assert not names & {voice.name for split in ("test", "unseen") for voice in voices(split)}


def lessons() -> list[Heard]:
    """Two phones that look different."""
    rng = np.random.default_rng(0)
    made: list[Heard] = []
    for _ in range(8):
        phone_F = np.repeat(rng.integers(1, 3, 20), 10).astype(np.int64)
        mel_FM = np.zeros((200, 80), np.float16)
        mel_FM[phone_F == 1, :40], mel_FM[phone_F == 2, 40:] = 1, 1
        made.append(Heard(mel_FM, phone_F))
    return made


def test_crops_end_with_the_utterance() -> None:
    run = AlignRun(batch=3, crop_frames=250)
    mel_BFM, phone_BF = crops(lessons(), run, np.random.default_rng(0))
    assert mel_BFM.shape == (3, 250, 80)
    assert (phone_BF[:, 200:] == -100).all() and (phone_BF[:, :200] > 0).all()


def test_it_learns() -> None:
    import torch

    run = AlignRun(model=PhoneNetConfig(channels=8, dilations=(1,)), steps=40, batch=4, crop_frames=60, peak_lr=2e-2)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # so small a net spends its time on handing work over
    try:
        net = train(lessons(), run)
    finally:
        torch.set_num_threads(threads)
    item = lessons()[0]
    logits_FP = net(torch.from_numpy(item.mel_FM.astype(np.float32))[None])[0]
    assert (logits_FP.argmax(dim=1).numpy() == item.phone_F).mean() > 0.8

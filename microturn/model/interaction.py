"""The interaction model: perceives and acts in ticks.

`loss` teaches it on packed sessions; `step` lives through one tick of many sessions at once, with everything that outlives a
tick in an explicit `InteractionState`. Both run the same embeddings and the same backbone, so the streamed step equals
the whole forward.

Letters: B session rows, R rows stepped now, T ticks, L positions, D model, F frames, M mel bins (or minutes of a day), S
samples or speaking ticks, V vocabulary, N ticks or positions of any rows, K words.
"""

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from microturn.features.audio import denormalize_mel
from microturn.features.layout import (
    DMEL_FRAMES,
    FRAME_SIZE,
    IN_VIEW,
    MEL_BINS,
    MEL_FRAMES,
    NO_TARGET,
    SILENCE_LEVEL,
    TickInput,
    TickOutput,
)
from microturn.features.numbers import TEENS, TENS, UNITS, clock_words
from microturn.features.text import Tag, Tokenizer
from microturn.features.video import patches
from microturn.model import checkpoint
from microturn.model.batch import Batch
from microturn.model.config import ModelConfig
from microturn.model.flow import MEL_VALUES, FlowHead
from microturn.model.fusion import AudioIn, ClockIn, OwnVoice, VideoIn
from microturn.model.state import StreamState
from microturn.model.transformer import Transformer
from microturn.model.vocoder import Vocoder, VocoderState, chosen

TRAINING_HEADS = ("phones.", "sounding.", "seeing.", "telling.")  # a release may lack these tensors

CLOCK_WORDS = 3  # "ten", "forty", "two"

# Tags that are input or kinds of positions: never an output.
NEVER = torch.tensor([tag for tag in Tag if tag not in (Tag.END, Tag.SPEAK, Tag.HEARD, Tag.SAY, Tag.DO, Tag.CLEAR)])


@dataclass(frozen=True, kw_only=True)
class TickResult:
    """One session's tick: what it wrote and said (24 kHz samples [4800], None when silent), and the positions it took."""

    output: TickOutput
    samples: np.ndarray | None
    positions: int


@dataclass
class InteractionState:
    """Everything that outlives a tick, one row per session."""

    backbone: StreamState
    tick_B: Tensor
    dmel_BFM: Tensor
    own_BFM: Tensor
    frame_B: Tensor
    spoke_B: Tensor  # whether the row spoke in the tick before: its voice still rings
    voice: VocoderState
    fresh: VocoderState  # what a row's voice starts from

    def reset(self, rows: Sequence[int]) -> None:
        """Forget everything in these rows: a fresh session."""
        index = torch.as_tensor(rows, dtype=torch.long, device=self.tick_B.device)
        self.backbone.reset(index)
        self.tick_B[index] = 0
        self.dmel_BFM[index] = SILENCE_LEVEL
        self.own_BFM[index] = 0
        self.frame_B[index.cpu()] = 0
        self.spoke_B[index] = False
        active = torch.zeros_like(self.spoke_B)
        active[index] = True
        self.voice = chosen(active, self.fresh, self.voice)


class InteractionModel(nn.Module):
    """Audio, video, text and time in; text, control tokens and a voice out."""

    clock_words_MK: Tensor

    def __init__(self, config: ModelConfig, tokenizer: Tokenizer) -> None:
        super().__init__()
        if tokenizer.size != config.vocabulary:
            raise ValueError(f"the tokenizer has {tokenizer.size} tokens, the config says {config.vocabulary}")
        self.config, self.tokenizer = config, tokenizer
        D = config.backbone.dim
        self.token = nn.Embedding(config.vocabulary, D)
        self.audio = AudioIn(config.fusion, D)
        self.own = OwnVoice(config.fusion, D)
        self.clock = ClockIn(D)
        self.missing = nn.Parameter(torch.zeros(D))
        self.part = nn.Parameter(torch.zeros(config.fusion.audio_positions, D))
        self.video = VideoIn(config.fusion, D)
        self.backbone = Transformer(config.backbone)
        self.flow = FlowHead(config.flow, D)
        self.vocoder = Vocoder()
        # Heads for training only: what is sounding in each audio frame, what is in view, what time it is.
        self.phones = nn.Linear(D, DMEL_FRAMES * config.phones)
        self.sounding = nn.Linear(D, D, bias=False)
        self.seeing = nn.Linear(D, len(IN_VIEW) * D, bias=False)
        self.telling = nn.Linear(D, CLOCK_WORDS * D, bias=False)
        self.register_buffer("clock_words_MK", _clock_words(tokenizer), persistent=False)
        self._initialise()

    @classmethod
    def load(
        cls, name: str | Path, *, device: str = "cpu", dtype: torch.dtype = torch.float32, **changes: Any
    ) -> "InteractionModel":
        """Open a release by folder or by name (`nano` is in the box). `changes` replace top-level fields of its config.

        `dtype` is that of everything but the vocoder, whose phases and noise need float32. Heads that only training needs
        are fresh where the release lacks them. Raises FileNotFoundError when there is no such release, ValueError when it
        is incomplete, damaged, of another version or of other shapes; both say what to do.
        """
        release = checkpoint.read(name, **changes)
        model = cls(release.config, release.tokenizer)
        model.load_state_dict(release.fitting(model.state_dict(), optional=TRAINING_HEADS), strict=False)
        vocoder = copy.deepcopy(model.vocoder)
        model.to(device=device, dtype=dtype)
        model.vocoder = vocoder.to(device)
        return model.eval()

    def save(self, folder: Path, *, weights: Mapping[str, Tensor] | None = None, card: str = "") -> None:
        """Write a release; `weights` (for instance an average) take the place of the model's own."""
        checkpoint.write(folder, self.config, self.tokenizer, self.state_dict() | dict(weights or {}), card)

    @torch.no_grad()
    def _initialise(self) -> None:
        """Tables drawn small; `written` scales token embeddings up to the size of what is heard."""
        generator = torch.Generator().manual_seed(0)
        for table in (self.token.weight, self.clock.hour.weight, self.clock.minute.weight, self.clock.second.weight):
            table.normal_(0.0, 0.02, generator=generator)
        self.audio.bag.normal_(0.0, 0.1, generator=generator)

    def written(self, ids: Tensor) -> Tensor:
        """Embeddings of token ids of any shape: [..., D]."""
        return functional.embedding(ids, self.token.weight) * self.config.backbone.dim**0.5

    def read(self, h_ND: Tensor) -> Tensor:
        """Logits over the vocabulary, float32: what the states say comes next."""
        return functional.linear(h_ND, self.token.weight).float() / self.config.backbone.logit_divisor

    # -- embedding ----------------------------------------------------------------------------------------------------

    def embed_audio(self, heard: Tensor, own_NFM: Tensor, missing_N: Tensor, second_N: Tensor) -> Tensor:
        """Audio positions of N ticks: [N, A, D], of what `self.audio` makes of each. `own` is the mel spoken in the tick before,
        zeros when silent."""
        heard = torch.where(missing_N[:, None, None], self.missing, heard)
        return heard + (self.own(own_NFM.to(heard.dtype)) + self.clock(second_N))[:, None] + self.part

    # -- training -----------------------------------------------------------------------------------------------------

    def hidden(self, batch: Batch, rows: int | None = None) -> Tensor:
        """Backbone states of a batch of packed sessions, or of its first `rows`: [B, L, D]."""
        first = torch.full_like(batch.dmel_BTFM[:, :1], SILENCE_LEVEL)
        bags = self.audio.bags(torch.cat([first, batch.dmel_BTFM], dim=1))
        audio = self.embed_audio(
            self.audio.folded(bags[:, 1:].flatten(0, 1), bags[:, :-1].flatten(0, 1)),
            batch.own_BTFM.flatten(0, 1),
            batch.missing_BT.flatten(),
            batch.second_BT.flatten(),
        )
        sources = [audio.flatten(0, 1), audio.new_zeros(1, audio.shape[-1])]
        if batch.patches_NPC.shape[0]:
            sources.append(self.video(batch.patches_NPC))
        x = self.written(batch.token_BL) + functional.embedding(batch.source_BL, torch.cat(sources))
        return self.backbone(x[:rows], batch.tick_BL[:rows])

    def loss(self, batch: Batch, generator: torch.Generator) -> dict[str, Tensor]:
        """Losses per stream, each a mean; `total` is their weighted sum (`config.loss`)."""
        h_BLD = self.hidden(batch)
        h = h_BLD.flatten(0, 1)
        weights, losses = self.config.loss, {}
        target = batch.target_BL.flatten()
        logits = self.read(h)
        each = functional.cross_entropy(logits, target.long(), ignore_index=NO_TARGET, reduction="none")
        ends = target == Tag.END
        acts = (target != NO_TARGET) & ~ends
        losses["end"] = (each * ends).sum() / ends.sum().clamp(min=1)
        weight = ends * weights.end + acts * 1.0
        losses["token"] = (each * weight).sum() / weight.sum().clamp(min=1)
        losses["act"] = (each * acts).sum().detach() / acts.sum().clamp(min=1)
        at = functional.embedding(batch.speak_S, h)  # many are padding: its gradient adds up repeated rows fast
        losses["flow"] = self.flow.loss(batch.mel_SFM, at, batch.speak_weight_S, generator)
        losses |= self._heard_labels(h, batch) | {"seen": self._seen_labels(h, batch)}
        losses["time"] = self._time_labels(h, batch)
        losses["total"] = (
            losses["token"]
            + weights.flow * losses["flow"]
            + weights.phone * losses["phone"]
            + weights.word * losses["word"]
            + weights.seen * losses["seen"]
            + weights.time * losses["time"]
        )
        return losses

    @torch.no_grad()
    def guesses(self, batch: Batch, rows: int, generator: torch.Generator) -> Tensor:
        """What the model itself would have put at each position of the first `rows`, given what lies before it there: drawn ids
        [rows, L]."""
        logits_BLV = self.read(self.hidden(batch, rows)[:, :-1])
        noise_BLV = torch.empty_like(logits_BLV).exponential_(generator=generator).log_()  # minus a Gumbel draw
        return torch.cat([batch.token_BL[:rows, :1], (logits_BLV - noise_BLV).argmax(-1).int()], 1)

    def _heard_labels(self, h_ND: Tensor, batch: Batch) -> dict[str, Tensor]:
        """Losses of the training-only heads: phone of each frame, word that sounds at mid-tick and at its end."""
        at = functional.embedding(batch.audio_BT.flatten(), h_ND)
        phone = self.phones(at).view(-1, self.config.phones).float()
        phone_loss = functional.cross_entropy(phone, batch.phone_BTF.flatten().long(), reduction="none")
        real = batch.real_BT.flatten()[:, None].expand(-1, DMEL_FRAMES).flatten().float()
        weight = torch.where(batch.phone_BTF.flatten() == 0, 0.2, 1.0) * real
        word = functional.linear(self.sounding(at), self.token.weight).float()
        target = batch.word_BTF[..., 2].flatten().long()
        word_loss = functional.cross_entropy(word, target, reduction="none")
        word_weight = torch.where(target == 0, 0.1, 1.0) * batch.real_BT.flatten()
        return {
            "phone": (phone_loss * weight).sum() / weight.sum().clamp(min=1),
            "word": (word_loss * word_weight).sum() / word_weight.sum().clamp(min=1),
        }

    def _seen_labels(self, h_ND: Tensor, batch: Batch) -> Tensor:
        """Loss of the words for what is in view, at the positions of video."""
        at = self.seeing(functional.embedding(batch.frame_N, h_ND)).view(-1, self.config.backbone.dim)
        target = batch.seen_NK.flatten()
        each = functional.cross_entropy(
            functional.linear(at, self.token.weight).float(), target, ignore_index=NO_TARGET, reduction="none"
        )
        return each.sum() / (target != NO_TARGET).sum().clamp(min=1)

    def _time_labels(self, h_ND: Tensor, batch: Batch) -> Tensor:
        """Loss of the words that tell the time, at the last audio position of every eighth tick.

        Without it every audio position moves the clock's tables and only an answer in a thousand needs them.
        """
        every = slice(None, None, 8)
        at = self.telling(functional.embedding(batch.audio_BT[:, every].flatten(), h_ND)).view(
            -1, self.config.backbone.dim
        )
        minute = torch.remainder(batch.second_BT[:, every].flatten() // 60, 1440).long()
        target = self.clock_words_MK[minute]
        target = torch.where(batch.real_BT[:, every].flatten()[:, None], target, NO_TARGET).flatten()
        each = functional.cross_entropy(
            functional.linear(at, self.token.weight).float(), target, ignore_index=NO_TARGET, reduction="none"
        )
        return each.sum() / (target != NO_TARGET).sum().clamp(min=1)

    # -- serving ------------------------------------------------------------------------------------------------------

    def new_state(self, batch: int = 1) -> InteractionState:
        """Fresh sessions in `batch` rows, allocated once."""
        device, dtype = self.token.weight.device, self.token.weight.dtype
        return InteractionState(
            backbone=StreamState.new(self.config.backbone, batch, device=device, dtype=dtype),
            tick_B=torch.zeros(batch, dtype=torch.long, device=device),
            dmel_BFM=torch.full((batch, DMEL_FRAMES, MEL_BINS), SILENCE_LEVEL, dtype=torch.uint8, device=device),
            own_BFM=torch.zeros(batch, MEL_FRAMES, MEL_BINS, device=device),
            frame_B=torch.zeros(batch, FRAME_SIZE, FRAME_SIZE, 3, dtype=torch.uint8),
            spoke_B=torch.zeros(batch, dtype=torch.bool, device=device),
            voice=self.vocoder.new_state(batch),
            fresh=self.vocoder.new_state(batch),
        )

    @torch.inference_mode()
    def step(
        self,
        inputs: Sequence[TickInput | None],
        state: InteractionState,
        generators: Sequence[torch.Generator],
        *,
        forced: Sequence[TickOutput | None] | None = None,
    ) -> list[TickResult | None]:
        """One tick of every row that has an input; rows of None stay as they are. `generators` draw each row's noise.

        A row with a `forced` output puts out just that, however likely, and draws nothing: to live through a recording.
        """
        given = {row: output for row, output in enumerate(forced or ()) if output is not None}
        return _Step(self, inputs, state, generators, given).run()


def _clock_words(tokenizer: Tokenizer) -> Tensor:
    """The words of each minute of a day as single tokens, PAD where there are fewer: [1440, CLOCK_WORDS].

    `NO_TARGET` for a word that the vocabulary spells in pieces.
    """
    token = {"": [int(Tag.PAD)]} | {word: tokenizer.encode(word) for word in (*UNITS, "oh", *TEENS, *TENS)}
    rows = [[*clock_words(60.0 * minute), "", ""][:CLOCK_WORDS] for minute in range(1440)]
    return torch.tensor([[token[w][0] if len(token[w]) == 1 else NO_TARGET for w in row] for row in rows])


class _Step:
    """The work of one tick: input positions, output tokens row by row until all have ended, then voices."""

    def __init__(
        self,
        model: InteractionModel,
        inputs: Sequence[TickInput | None],
        state: InteractionState,
        generators: Sequence[torch.Generator],
        given: Mapping[int, TickOutput],
    ) -> None:
        self.model, self.state, self.generators, self.given = model, state, generators, given
        self.rows = [row for row, tick in enumerate(inputs) if tick is not None]
        self.inputs = {row: tick for row, tick in enumerate(inputs) if tick is not None}
        self.tokens: dict[int, list[int]] = {row: [] for row in self.rows}
        self.positions = dict.fromkeys(self.rows, 0)
        self.count, self.device = len(inputs), model.token.weight.device

    def run(self) -> list[TickResult | None]:
        results: list[TickResult | None] = [None] * self.count
        if not self.rows:
            return results
        self._texts()
        self._frames()
        speaking = self._write(self._hear())
        mels, sounds = self._speak(speaking)
        for row in self.rows:
            output = TickOutput(tokens=tuple(self.tokens[row]), mel_FM=mels.get(row))
            results[row] = TickResult(output=output, samples=sounds.get(row), positions=self.positions[row])
        self.state.tick_B[self._at(self.rows)] += 1
        return results

    def _at(self, rows: Sequence[int]) -> Tensor:
        """Rows as an index on the device."""
        return torch.as_tensor(rows, dtype=torch.long, device=self.device)

    def _written(self, ids: Sequence[Sequence[int]]) -> Tensor:
        """Embeddings of token ids [R, L]: [R, L, D]."""
        return self.model.written(torch.tensor(ids, device=self.device))

    def _advance(self, rows: Sequence[int], x_RLD: Tensor) -> Tensor:
        """Append positions to rows, which come in order; the last position's state of each: [R, D]."""
        index = None if len(rows) == self.count else self._at(rows)  # of all rows nothing needs to be copied
        tick = self.state.tick_B[slice(None) if index is None else index][:, None].expand(-1, x_RLD.shape[1])
        for row in rows:
            self.positions[row] += x_RLD.shape[1]
        return self.model.backbone(x_RLD, tick, state=self.state.backbone, rows=index)[:, -1]

    def _texts(self) -> None:
        for row in self.rows:
            if self.inputs[row].text:
                self._advance([row], self._written([self.inputs[row].text]))

    def _frames(self) -> None:
        rows = [row for row in self.rows if self.inputs[row].frame is not None]
        if not rows:
            return
        pairs = []
        for row in rows:
            frame = self.inputs[row].frame
            assert frame is not None
            pairs.append(torch.from_numpy(patches(self.state.frame_B[row].numpy(), frame)))
            self.state.frame_B[row] = torch.from_numpy(np.ascontiguousarray(frame))
        x = self.model.video(torch.stack(pairs).to(self.device))
        self._advance(rows, self._written([[Tag.VIDEO]]) + x[:, None])

    def _hear(self) -> Tensor:
        state, index = self.state, self._at(self.rows)
        dmel = torch.from_numpy(np.stack([self.inputs[row].dmel_FM for row in self.rows])).to(self.device)
        missing = torch.tensor([self.inputs[row].audio_missing for row in self.rows], device=self.device)
        second = torch.tensor([self.inputs[row].second_of_day for row in self.rows], device=self.device)
        heard = self.model.audio(dmel, state.dmel_BFM[index])
        x = self.model.embed_audio(heard, state.own_BFM[index], missing, second)
        state.dmel_BFM[index] = dmel
        state.own_BFM[index] = 0
        return self._advance(self.rows, self._written([[Tag.AUDIO]]) + x)

    def _write(self, h_RD: Tensor) -> list[int]:
        """Tokens of every row until it ends or speaks; the rows that speak."""
        rows, speaking = self.rows, []
        while True:
            logits = self.model.read(h_RD).index_fill(-1, NEVER.to(self.device), float("-inf")).cpu()
            choice = {row: self._choose(logits_V, row) for row, logits_V in zip(rows, logits, strict=True)}
            speaking += [row for row in rows if choice[row] == Tag.SPEAK]
            rows = [row for row in rows if choice[row] not in (Tag.SPEAK, Tag.END)]
            if not rows:
                return speaking
            for row in rows:
                self.tokens[row].append(choice[row])
            h_RD = self._advance(rows, self._written([[choice[row]] for row in rows]))

    def _choose(self, logits_V: Tensor, row: int) -> int:
        """What comes next in the row's output: as given, or drawn; END when it has written as much as a tick may hold."""
        sampling, written = self.model.config.sampling, len(self.tokens[row])
        if row in self.given:
            output = self.given[row]
            last = Tag.END if output.mel_FM is None else Tag.SPEAK
            return output.tokens[written] if written < len(output.tokens) else last
        if written >= sampling.most_tokens:
            return Tag.END
        if sampling.temperature == 0:
            return int(logits_V.argmax())
        chances_V = torch.softmax(logits_V / sampling.temperature, -1)
        return int(torch.multinomial(chances_V, 1, generator=self.generators[row]))

    def _speak(self, rows: list[int]) -> tuple[dict[int, np.ndarray], dict[int, np.ndarray]]:
        """The mel and the samples of the rows that speak; the vocoder's tail where speech has just stopped."""
        rows = sorted(rows)
        mels: dict[int, np.ndarray] = {}
        if rows:
            h_RD = self._advance(rows, self._written([[Tag.SPEAK]] * len(rows)))
            mels = self._voice(rows, h_RD)
            own = torch.from_numpy(np.stack([mels[row] for row in rows]))
            self.state.own_BFM[self._at(rows)] = own.to(self.device)
        return mels, self._sound(mels)

    def _voice(self, rows: Sequence[int], h_RD: Tensor) -> dict[int, np.ndarray]:
        """The mel of each row, as given or drawn."""
        mels = {row: mel for row in rows if row in self.given and (mel := self.given[row].mel_FM) is not None}
        drawn = [i for i, row in enumerate(rows) if row not in mels]
        if drawn:
            noise = torch.stack([torch.randn(MEL_VALUES, generator=self.generators[rows[i]]) for i in drawn])
            mel_RFM = self.model.flow.sample(h_RD[drawn], noise.to(self.device)).cpu()
            mels |= {rows[i]: mel_FM.numpy() for i, mel_FM in zip(drawn, mel_RFM, strict=True)}
        return mels

    def _sound(self, mels: dict[int, np.ndarray]) -> dict[int, np.ndarray]:
        """Samples of the rows that speak, and of those that spoke in the tick before: the vocoder's tail."""
        state, index = self.state, self._at(self.rows)
        speaking = torch.zeros_like(state.spoke_B)
        speaking[list(mels)] = True
        ringing = state.spoke_B.clone()
        state.spoke_B[index] = speaking[index]
        active = speaking | (ringing & torch.zeros_like(ringing).index_fill_(0, index, True))
        if not bool(active.any()):
            return {}
        mel_BFM = self.model.vocoder.silence(len(active), MEL_FRAMES)
        for row, mel in mels.items():
            mel_BFM[row] = torch.from_numpy(denormalize_mel(mel)).to(self.device)
        samples_BS, state.voice = self.model.vocoder.step(mel_BFM, state.voice, active_B=active)
        samples = samples_BS.clamp(-1, 1).cpu().numpy()
        return {row: samples[row] for row in active.nonzero().flatten().tolist()}

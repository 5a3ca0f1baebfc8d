"""Which ONNX Runtime provider runs a graph, found by trial, with the reason for each rejection.

A provider is accepted when it is in the build, loads the graph, really holds it (ONNX Runtime
falls back to the CPU in silence) and gives the CPU's numbers. Where the build has the CPU only,
nothing is tried at all.
"""

import base64
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from vlm_desktop.backends import runtime
from vlm_desktop.backends.reports import ProviderChoice, ProviderTrial, Rejection
from vlm_desktop.backends.runtime import (
    ERRORS,
    SHORT_NAMES,
    Feeds,
    Session,
    SessionRequest,
    first_line,
)
from vlm_desktop.base.errors import ProviderRefused

SessionFactory = Callable[[SessionRequest], Session]

_LOAD_ERRORS: tuple[type[Exception], ...] = (*ERRORS, ImportError, OSError)

MIN_COSINE = 0.999
"""Agreement with the CPU that a provider must reach on every row of the trial."""


@dataclass(frozen=True, slots=True)
class TrialGraph:
    """A graph (file or bytes) and one input for it."""

    graph: Path | bytes
    feeds: Feeds


def builtin_trial() -> TrialGraph:
    """A tiny network (convolution, pooling, matrix product) for when no model is at hand."""
    image = np.linspace(-1, 1, 2 * 3 * 16 * 16, dtype=np.float32).reshape(2, 3, 16, 16)
    return TrialGraph(zlib.decompress(base64.b85decode(_TRIAL_GRAPH)), {"x": image})


def choose_provider(
    trial: TrialGraph | None = None,
    *,
    wanted: str = "auto",
    threads: int = 0,
    memory_limit: int = 0,
    built: Callable[[], tuple[str, ...]] = runtime.built_providers,
    sessions: SessionFactory = runtime.open_session,
) -> ProviderChoice:
    """The best provider that passes, the CPU if none does.

    With `wanted` a short name only that one is tried, and `ProviderRefused` is raised when it
    does not pass: what was asked for by name is never replaced in silence.
    """
    if wanted not in ("auto", *SHORT_NAMES):
        known = ", ".join(("auto", *SHORT_NAMES))
        raise ProviderRefused(
            provider=wanted, reason=Rejection.NOT_IN_BUILD, detail=f"known are {known}"
        )
    in_build = built()
    accelerators = [name for name in SHORT_NAMES if name != "cpu" and wanted in ("auto", name)]
    if "cuda" in in_build and "cuda" in accelerators:
        runtime.preload_libraries()
    tried = _Trials(trial or builtin_trial(), threads, memory_limit, sessions)
    trials: list[ProviderTrial] = []
    chosen = ""
    for name in accelerators:
        if name not in in_build:
            trials.append(ProviderTrial(name, Rejection.NOT_IN_BUILD))
        elif chosen:
            trials.append(ProviderTrial(name, Rejection.NOT_TRIED, f"{chosen} was good"))
        else:
            trials.append(tried.attempt(name))
            chosen = name if trials[-1].rejection is None else ""
    if wanted not in ("auto", "cpu") and not chosen:
        failed = trials[0]
        raise ProviderRefused(
            provider=wanted,
            reason=failed.rejection or Rejection.RUN_FAILED,
            detail=failed.detail,
        )
    trials.append(ProviderTrial("cpu", None))
    return ProviderChoice(chosen or "cpu", tuple(trials))


class _Trials:
    """Runs the trial graph on providers; the CPU's answer is computed once, when needed."""

    def __init__(
        self, trial: TrialGraph, threads: int, memory_limit: int, sessions: SessionFactory
    ) -> None:
        self._trial = trial
        self._threads = threads
        self._memory_limit = memory_limit
        self._sessions = sessions
        self._expected: np.ndarray | None = None

    def _request(self, provider: str) -> SessionRequest:
        return SessionRequest(self._trial.graph, provider, self._threads, self._memory_limit)

    def attempt(self, provider: str) -> ProviderTrial:
        try:
            session = self._sessions(self._request(provider))
        except _LOAD_ERRORS as error:
            reason = (
                Rejection.OUT_OF_MEMORY if runtime.is_shortage(error) else Rejection.LOAD_FAILED
            )
            return ProviderTrial(provider, reason, first_line(error))
        if SHORT_NAMES[provider] not in session.get_providers():
            detail = "a library it needs could not be loaded"
            return ProviderTrial(provider, Rejection.FELL_BACK, detail)
        try:
            answer = runtime.run_session(session, self._trial.feeds)
        except MemoryError as error:
            return ProviderTrial(provider, Rejection.OUT_OF_MEMORY, first_line(error))
        except ERRORS as error:
            return ProviderTrial(provider, Rejection.RUN_FAILED, first_line(error))
        agreement = lowest_cosine(answer, self._cpu_answer())
        if not agreement >= MIN_COSINE:
            detail = f"cosine {agreement:.4f} to the CPU, {MIN_COSINE} is needed"
            return ProviderTrial(provider, Rejection.WRONG_NUMBERS, detail)
        return ProviderTrial(provider, None, f"cosine {agreement:.6f} to the CPU")

    def _cpu_answer(self) -> np.ndarray:
        if self._expected is None:
            session = self._sessions(self._request("cpu"))
            self._expected = runtime.run_session(session, self._trial.feeds)
        return self._expected


def lowest_cosine(left: np.ndarray, right: np.ndarray) -> float:
    """The smallest cosine between rows of the same index; NaN when any value is not finite."""
    if left.shape != right.shape:
        return float("nan")
    one = left.reshape(len(left), -1).astype(np.float64)
    other = right.reshape(len(right), -1).astype(np.float64)
    if not (np.isfinite(one).all() and np.isfinite(other).all()):
        return float("nan")
    lengths = np.linalg.norm(one, axis=1) * np.linalg.norm(other, axis=1)
    cosines = (one * other).sum(axis=1) / np.maximum(lengths, 1e-30)
    return float(cosines.min(initial=1.0))


_TRIAL_GRAPH = (
    "c-l2mL1+^}6y0gkb{#5BmXsn$N+U=cL4@d~usgA$8;S+ZMUWtD+pLJ&W}Bp~RfI|jhzb!@1VO2`N<mo#5f{;&*c=pT"
    "51!&dgj__Z*Ld*c`zbPfnEmtq`|rQMsycGJiy!9f5@!n<n@og{6=vp>Q66@!sZyHloE6rcjPUMKxp-kJUrKkRJCNZ$"
    "oK0%1m<VU{&K%#vSy5wdB5FE?3ClS;pD$YH^QQ_0hxc;kYRpb_pKz>lIX}aroY|aBYiu#mHExy1=NzpQ+?JE9h19Sb"
    "q7z}GY+>wG$d7j#h=4ctiLK2|eOBl4_i5j-?PnsDDj`xbSA8P0ep~{h`|-Y-XIg=xtjJ7rL=v7iR)fm+SMXE>aSi8Q"
    "ih;@jnM%C|k1fEbuerJ$s9Z#B2dFnZ^P1H88R{E=L*Q=g^xZFsBj%YR>j%O!A4|{t2yHI}<<P^(`j3K4^PR{v{|ejw"
    "DeA3t>S1J>52T_fOZC<ea8D)XG5!pFH!uVE?@Q#t)eNc|_b|^70W5Osq#GK(w0S&p5WRY8Tbn2KE3t#XED4&u-ugxF"
    "ZH~sOE9f2d>0EUbvkbzcjbNa1lf00`(YzcZ4X97U&u{p?8`N8$1@r{u1$YhKSQePy(0M<6c}{+jezE3Wr9AN0q4S&|"
    "&g#Yy+JQ*kVpyR{>zf{1Vu})}#k@}j+R<n_pdTR3XsjL*kcP51uxW(sB?)3yA8X%%({=t<4(ECUKYpBWlB}(4M=`=O"
    "-Lcvm?Uj%%kn^6_3yFw3SVezr&3!1&?!~{Y_47WJX;B{1*bMJbLx>2)M2xdVt(Wh{>#qN=>S&lNk?21R3oNY"
)

"""A private PulseAudio whose microphone and speaker are two channels of one sink.

So one recording holds both on one sample clock:

    vmic_in > left  > vmic   what the program hears
    vspk    > right          what the program plays

The recorded samples are those that the virtual devices exchange: nothing the program says of itself is needed.
"""

import contextlib
import os
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from .analysis import RATE, Samples

NOISE_DBFS = -66.0
"""A real microphone is never exactly silent."""

ECHO_DELAY_MS = 120
ECHO_DB = -6.0

_CONFIG = """\
load-module module-native-protocol-unix
load-module module-null-sink sink_name=world channels=2 channel_map=front-left,front-right rate=48000 norewinds=1
load-module module-remap-sink sink_name=vmic_in master=world channels=1 channel_map=mono \
master_channel_map=front-left remix=no
load-module module-remap-sink sink_name=vspk master=world channels=1 channel_map=mono \
master_channel_map=front-right remix=no sink_properties=device.description=VirtualSpeaker
load-module module-remap-source source_name=vmic master=world.monitor channels=1 channel_map=mono \
master_channel_map=front-left remix=no source_properties=device.description=VirtualMicrophone
set-default-sink vspk
set-default-source vmic
"""
_ECHO = f"""\
load-module module-loopback source=vspk.monitor sink=vmic_in latency_msec={ECHO_DELAY_MS} adjust_time=0 \
sink_input_properties=media.name=VirtualEcho
"""
_ALSA = """\
pcm.!default { type pulse hint { show on description "Default (PulseAudio)" } }
ctl.!default { type pulse }
pcm.pulse { type pulse hint { show on description "PulseAudio" } }
ctl.pulse { type pulse }
"""


class SoundWorld:
    """Starts the server; `environment` is what its clients need. With `echo` the microphone hears the speaker."""

    def __init__(self, *, echo: bool = False) -> None:
        self._echo = echo
        self._folder = Path(tempfile.mkdtemp(prefix="bench-sound-"))
        self._children: list[subprocess.Popen[bytes]] = []
        runtime = self._folder / "rt"
        self.environment = {
            **os.environ,
            "XDG_RUNTIME_DIR": str(runtime),
            "PULSE_RUNTIME_PATH": str(runtime / "pulse"),
            "PULSE_SERVER": f"unix:{runtime}/pulse/native",
            "PULSE_COOKIE": str(self._folder / "cookie"),
            "ALSA_CONFIG_PATH": str(self._folder / "asound.conf"),
        }

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def _start(self) -> None:
        (self._folder / "rt").mkdir(mode=0o700)
        (self._folder / "asound.conf").write_text(_ALSA)
        config = self._folder / "default.pa"
        config.write_text(_CONFIG + (_ECHO if self._echo else ""))
        log = self._folder / "pulse.log"
        flags = (
            "--daemonize=no -n --exit-idle-time=-1 --disallow-exit --use-pid-file=no --high-priority=no --realtime=no"
        )
        command = ["pulseaudio", *flags.split(), "-F", str(config), f"--log-target=file:{log}"]
        server = subprocess.Popen(
            command, env=self.environment, start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self._children.append(_preferred(server))
        until(lambda: self._control("info").returncode == 0, f"PulseAudio did not start; see {log}")
        if self._echo:
            until(self._set_echo_volume, "the echo path did not appear")
        self._children.append(self._start_noise())

    def _control(self, *words: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(["pactl", *words], env=self.environment, capture_output=True, text=True)

    def _set_echo_volume(self) -> bool:
        for block in self._control("list", "sink-inputs").stdout.split("Sink Input #")[1:]:
            if "VirtualEcho" in block:
                return self._control("set-sink-input-volume", block.split()[0], f"{ECHO_DB}dB").returncode == 0
        return False

    def _start_noise(self) -> "subprocess.Popen[bytes]":
        noise = np.random.default_rng(1).normal(0, 10 ** (NOISE_DBFS / 20) * 32768, 10 * RATE)
        path = self._folder / "noise.raw"
        path.write_bytes(noise.astype("<i2").tobytes())
        play = f"while cat '{path}'; do :; done | exec {' '.join(_player('vmic_in', latency_ms=200))}"
        return _preferred(
            subprocess.Popen(
                ["sh", "-c", play], env=self.environment, stderr=subprocess.DEVNULL, start_new_session=True
            )
        )

    def __exit__(self, *_: object) -> None:
        for child in reversed(self._children):
            _end(child)
        shutil.rmtree(self._folder, ignore_errors=True)

    def speak(self, sound: Samples, sink: str = "vmic_in") -> "Speaking":
        """Plays 48 kHz samples into the microphone, from about now."""
        return Speaking(sound, _player(sink, latency_ms=20), self.environment)

    def record(self) -> "Recorder":
        return Recorder(self.environment)


def _player(sink: str, *, latency_ms: int) -> list[str]:
    form = [f"--rate={RATE}", "--channels=1", "--format=s16le", f"--latency-msec={latency_ms}"]
    return ["pacat", "--playback", "--raw", f"--device={sink}", *form]


prefers = False
"""While others keep the machine busy (`slowed`)."""


def _preferred(child: "subprocess.Popen[bytes]") -> "subprocess.Popen[bytes]":
    """What leads a session of its own and stands for hardware or a sound server with real-time priority: busy programs
    do not keep it waiting, where this user may decide that."""
    if prefers:
        with contextlib.suppress(OSError):  # only root may, or the system does not share by session
            Path(f"/proc/{child.pid}/autogroup").write_text("-15")
    return child


def _end(child: "subprocess.Popen[bytes]") -> None:
    if child.poll() is not None:
        return
    import signal

    own_group = os.getpgid(child.pid) == child.pid
    (os.killpg if own_group else os.kill)(child.pid, signal.SIGTERM)
    try:
        child.wait(5)
    except subprocess.TimeoutExpired:
        (os.killpg if own_group else os.kill)(child.pid, signal.SIGKILL)
        child.wait()


def until(done: Callable[[], bool], problem: str, seconds: float = 10.0) -> None:
    """Asks again until it is so: the server has no event for "I am there"."""
    deadline = time.monotonic() + seconds
    while not done():
        if time.monotonic() > deadline:
            raise RuntimeError(problem)
        time.sleep(0.02)


class Speaking:
    """A clip on its way into a sink."""

    def __init__(self, sound: Samples, command: list[str], environment: dict[str, str]) -> None:
        self._process = _preferred(
            subprocess.Popen(
                command, env=environment, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True
            )
        )
        data = sound.astype("<i2").tobytes()
        self._feeder = threading.Thread(target=self._process.communicate, args=(data,), daemon=True)
        self._feeder.start()

    def wait(self) -> None:
        """Until all of it was played."""
        self._feeder.join()

    def stop(self) -> None:
        self._process.terminate()
        self._feeder.join()


class Recorder:
    """Records both channels from the start; `position` and `between` while it runs, in samples at 48 kHz."""

    _CHUNK_MS = 10

    def __init__(self, environment: dict[str, str]) -> None:
        form = [f"--rate={RATE}", "--channels=2", "--format=s16le", f"--latency-msec={self._CHUNK_MS}"]
        command = ["parec", "--raw", "--device=world.monitor", *form]
        self._process = _preferred(
            subprocess.Popen(
                command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True
            )
        )
        self._data = bytearray()
        self._arrivals: list[tuple[int, float]] = []
        self._more = threading.Condition()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()
        self.wait_until(1)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _end(self._process)
        self._thread.join()

    def _read(self) -> None:
        assert self._process.stdout is not None
        while chunk := self._process.stdout.read1(1 << 16):  # type: ignore[attr-defined]
            with self._more:
                self._data += chunk
                self._arrivals.append((len(self._data) // 4, time.monotonic()))
                self._more.notify_all()

    @property
    def position(self) -> int:
        with self._more:
            return len(self._data) // 4

    def wait_until(self, sample: int, timeout: float = 60.0) -> None:
        with self._more:
            if not self._more.wait_for(lambda: len(self._data) // 4 >= sample, timeout):
                raise RuntimeError("the recording of the virtual devices stopped")

    def wait_ms(self, ms: float) -> None:
        """Sound time, not clock time."""
        self.wait_until(self.position + round(ms * RATE / 1000))

    def between(self, start: int, end: int | None = None) -> tuple[Samples, Samples]:
        """(microphone, speaker)"""
        with self._more:
            whole = bytes(self._data[4 * start : 4 * (len(self._data) // 4 if end is None else end)])
        both = np.frombuffer(whole, "<i2").reshape(-1, 2)
        return both[:, 0].copy(), both[:, 1].copy()

    def sample_at(self, moment: float, window_s: float = 5.0) -> int:
        """The sample that the devices exchanged at this monotonic time.

        Chunks arrive late, never early: the earliest arrivals around `moment` give the clock (lower envelope).
        """
        with self._more:
            near = [(n, t) for n, t in self._arrivals if abs(t - moment) <= window_s]
        if not near:
            raise RuntimeError("nothing was recorded at that time")
        offset = min(t - n / RATE for n, t in near)
        return round((moment - offset) * RATE)

    def arrived_at(self, sample: int) -> float:
        """Monotonic time at which this sample had been recorded: never earlier than the devices exchanged it."""
        with self._more:
            return next(at for until, at in self._arrivals if until > sample)

    def save(self, path: Path) -> None:
        import wave

        path.parent.mkdir(parents=True, exist_ok=True)
        with self._more, wave.open(str(path), "wb") as file:
            file.setnchannels(2)
            file.setsampwidth(2)
            file.setframerate(RATE)
            file.writeframes(bytes(self._data[: len(self._data) // 4 * 4]))

"""The sound of the sandbox's recordings: soft tones as a WAV."""

import io
import math
import wave

RATE = 8000
LONGEST_S = 20
_TONES = (392.0, 523.25, 659.25, 523.25)
"""Hz, half a second each, repeated."""


def build_wav(duration_ms: int) -> bytes:
    """Build a WAV: mono, 8 bits, of the given length, but at least half a second, to be audible, and at most 20 s."""
    samples = RATE * max(500, min(duration_ms, LONGEST_S * 1000)) // 1000
    written = io.BytesIO()
    with wave.open(written, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(RATE)
        file.writeframes(bytes(_sample(number) for number in range(samples)))
    return written.getvalue()


def _sample(number: int) -> int:
    step, place = divmod(number, RATE // 2)
    fade = 1 - place / (RATE // 2)
    return 128 + round(40 * fade * math.sin(2 * math.pi * _TONES[step % len(_TONES)] * number / RATE))

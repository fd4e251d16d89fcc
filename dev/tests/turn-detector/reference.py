"""Makes reference.json: what the reference says of the sounds of synthetic-sounds.ts.

Features come from transformers.WhisperFeatureExtractor and must equal those of Pipecat's own copy; probabilities come
from the model in onnxruntime. Made once; see README.md for the versions and the commands.

    python reference.py <folder of the unpacked wheel of pipecat-ai 1.14.0>
"""

import base64
import importlib.util
import json
import pathlib
import sys

import numpy as np
import onnxruntime
import transformers

SMART_TURN = pathlib.Path(sys.argv[1]) / "pipecat/audio/turn/smart_turn"
WINDOW = 8 * 16_000
FRAMES = [0, 1, 2, 3, 120, 250, 399, 400, 500, 640, 647, 648, 649, 650, 651, 652, 700, 797, 798, 799]


def noise(seed, count, peak):
    """Integers from -peak up to peak, by a linear congruence of 32 bits."""
    values = []
    for _ in range(count):
        seed = (seed * 1664525 + 1013904223) & 0xFFFFFFFF
        values.append((seed >> 16) % (2 * peak + 1) - peak)
    return values


def sawtooth(count, step_of, amplitude_of):
    """A tone of whole numbers: the phase has 16 bits, a step is its advance in one sample."""
    phase, values = 0, []
    for index in range(count):
        phase = (phase + step_of(index)) & 0xFFFF
        values.append(((phase - 32768) * amplitude_of(index)) >> 15)
    return values


def mixed(*parts):
    return np.array([sum(values) for values in zip(*parts)], dtype=np.int16)


def syllables(index):
    return 8000 if (index // 2400) % 3 < 2 else 200


SOUNDS = {
    "chirp": mixed(
        sawtooth(WINDOW, lambda i: 400 + i // 16, lambda i: 6000),
        noise(1, WINDOW, 1000),
        [300] * WINDOW,
    ),
    "short": mixed(
        sawtooth(24_000, lambda i: 560 - i // 150, syllables),
        noise(2, 24_000, 60),
        [100] * 24_000,
    ),
    "long": mixed(
        sawtooth(200_000, lambda i: 700 - (i // 400) % 200, syllables),
        noise(3, 200_000, 20),
    ),
}


def window_of(samples):
    floats = samples.astype(np.float32) / 32768.0
    if len(floats) >= WINDOW:
        return floats[-WINDOW:]
    return np.pad(floats, (WINDOW - len(floats), 0))


def pipecat_features():
    spec = importlib.util.spec_from_file_location("features", SMART_TURN / "_whisper_features.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.compute_whisper_log_mel_features


def main():
    extractor = transformers.WhisperFeatureExtractor(chunk_length=8)
    copied = pipecat_features()
    session = onnxruntime.InferenceSession(SMART_TURN / "data/smart-turn-v3.2-cpu.onnx")
    sounds = {}
    for name, samples in SOUNDS.items():
        window = window_of(samples)
        features = extractor(
            window,
            sampling_rate=16_000,
            padding="max_length",
            max_length=WINDOW,
            truncation=True,
            do_normalize=True,
            return_tensors="np",
        ).input_features[0]
        np.testing.assert_allclose(copied(window), features, atol=1e-5)
        probability = session.run(None, {"input_features": features[np.newaxis]})[0][0].item()
        chosen = features[:, FRAMES].T.astype("<f4")
        sounds[name] = {
            "probability": round(probability, 6),
            "features": base64.b64encode(chosen.tobytes()).decode(),
        }
        print(name, probability)
    target = pathlib.Path(__file__).with_name("reference.json")
    target.write_text(json.dumps({"frames": FRAMES, "sounds": sounds}) + "\n")


main()

"""The sampler in JavaScript does what `graves_tf/export/runtime.py` does."""

import numpy as np
import pytest

from graves_tf.export import runtime
from graves_tf.sampling.draws import Draws

pytestmark = pytest.mark.tensorflow
TEXT = "Gone, by 9."
PRIME = (
    [[500, 40, 0], [508, 71, 0], [521, 30, 1], [540, 33, 0], [548, 52, 1]],
    "ab",
)

# A model that gives what was recorded, and keeps what it was given.
REPLAY = """
const { sample } = await import('./sampler.js');
const [text, options, symbols, draws, steps] = args;
const given = [], begun = [], points = [];
let k = 0;
const model = {
  symbols: [...symbols],
  maxCharacters: 96,
  begin: (numbers, bias) => begun.push([numbers, bias]),
  step: async (uniforms, normals, pen) => {
    given.push([uniforms, normals, pen]);
    return steps[k++];
  },
};
const drawn = await sample(model, text, {
  ...options,
  draws: (attempt) => {
    const rows = draws[attempt].values();
    return { next: () => rows.next().value };
  },
  onAttempt: () => points.push([]),
  onPoint: (point) => points.at(-1).push(point),
});
return { drawn, given, begun, points, used: k };
"""

# The network itself, in the page.
RUN = """
self.Module = {
  locateFile: (name) => `litert/wasm/${name}`,
  printErr: () => {},
};
const { StepModel } = await import('./step_model.js');
const { sample } = await import('./sampler.js');
self.model ??= await StepModel.load('sampler.tflite', 'litert/wasm/');
const [text, options, draws] = args;
return sample(self.model, text, {
  ...options,
  draws: (attempt) => {
    const rows = draws[attempt].values();
    return { next: () => rows.next().value };
  },
});
"""

# The network's steps in the page, each from the pen it is given.
STEPS = """
self.Module = {
  locateFile: (name) => `litert/wasm/${name}`,
  printErr: () => {},
};
const { StepModel } = await import('./step_model.js');
self.model ??= await StepModel.load('sampler.tflite', 'litert/wasm/');
const [numbers, bias, given] = args;
await self.model.begin(numbers, bias);
const steps = [];
for (const [uniforms, normals, pen] of given) {
  const { phi, ...step } = await self.model.step(uniforms, normals, pen);
  steps.push({ ...step, phi: [...phi] });
}
return steps;
"""


def golden_draws(seed, attempts, steps):
    """The runtime's random numbers, attempt by attempt."""
    return [
        [
            {"uniforms": u.tolist(), "normals": n.tolist()}
            for u, n in zip(*Draws(seed, 0, attempt).take(steps), strict=True)
        ]
        for attempt in range(attempts)
    ]


class Recorder:
    """An interpreter that writes down what goes in and what comes out."""

    def __init__(self, sampler):
        self.interpreter = sampler._interpreter
        self.put, self.get = sampler._input, sampler._output
        self.given, self.steps = [], []

    def __getattr__(self, name):
        return getattr(self.interpreter, name)

    def invoke(self):
        tensor = self.interpreter.get_tensor
        self.given.append(
            [
                tensor(self.put[name])[0].tolist()
                for name in ("uniforms", "normals", "pen")
            ]
        )
        self.interpreter.invoke()
        self.steps.append(
            {
                "pen": tensor(self.get["pen"])[0].tolist(),
                "stop": bool(tensor(self.get["stop"])[0] > 0),
                "phi": tensor(self.get["phi"])[0].tolist(),
            }
        )


@pytest.mark.parametrize(
    "options",
    [
        {"seed": 0, "bias": 0.5},
        {"seed": 1, "bias": 2.0},
        {"seed": 1, "prime": PRIME, "attempts": 2},
        {"seed": 3, "max_points": 5},
    ],
    ids=["plain", "biased", "primed", "bounded"],
)
def test_the_loop(modules, tflite_files, options):
    """Held to the recorded steps: draws, priming, stop rule, attempts."""
    sampler = runtime.Sampler(tflite_files["float32"])
    expected = sampler.sample(TEXT, **options)
    recorder = sampler._interpreter = Recorder(sampler)
    one = {k: v for k, v in options.items() if k != "attempts"}
    for attempt in range(expected.attempts):
        list(sampler.steps(TEXT, attempt=attempt, **one))
    mine = dict(options)
    if "prime" in mine:
        strokes, text = mine["prime"]
        mine["prime"] = {"strokes": strokes, "text": text}
    mine["maxPoints"] = mine.pop("max_points", None)
    reply = modules.run(
        REPLAY,
        TEXT,
        mine,
        sampler.symbols,
        golden_draws(options["seed"], 5, 700),
        recorder.steps,
    )
    drawn = reply["drawn"]
    np.testing.assert_allclose(drawn["strokes"], expected.strokes, rtol=1e-6)
    assert len(reply["points"]) == drawn["attempts"]
    assert drawn["strokes"] in reply["points"]
    assert drawn["finished"] == expected.finished
    assert tuple(drawn["unvisited"]) == expected.unvisited
    assert drawn["runsOn"] == expected.runs_on
    assert drawn["longestLook"] == pytest.approx(expected.longest_look)
    assert drawn["attempts"] == expected.attempts == len(reply["begun"])
    assert reply["used"] == len(recorder.steps)
    prefix = PRIME[1] + " " if "prime" in options else ""
    for numbers, bias in reply["begun"]:
        assert numbers == sampler.encode(prefix + TEXT)
        assert bias == options.get("bias", 0.5)
    for i, (ours, theirs) in enumerate(
        zip(reply["given"], recorder.given, strict=True)
    ):
        assert ours[:2] == theirs[:2]
        if ours[2] is not None:
            assert ours[2] == theirs[2]
        elif i:
            previous = recorder.steps[i - 1]["pen"]
            assert theirs[2] in (previous, recorder.given[0][2])


@pytest.mark.parametrize("seed", range(3))
def test_the_network_in_the_browser(modules, tflite_files, seed):
    """On the small network's int8 file, from the same random numbers."""
    options = {"seed": seed, "attempts": 1}
    expected = runtime.Sampler(tflite_files["int8"]).sample(TEXT, **options)
    drawn = modules.run(RUN, TEXT, options, golden_draws(seed, 1, 700))
    assert drawn["finished"] == expected.finished
    np.testing.assert_allclose(drawn["strokes"], expected.strokes, atol=0.01)


def test_the_shipped_network_in_the_browser(browser, shipped_url, tmp_path):
    """Each step from the same pen: processors round int8 differently.

    Left to draw from its own points, a line leaves the other at the first
    point at which another component or another whole unit is drawn.
    """
    from graves_tf.export.loading import load_network
    from graves_tf.export.tflite import export_tflite

    (path,) = export_tflite(load_network("synthesis"), tmp_path, ["int8"])
    sampler = runtime.Sampler(path)
    recorder = sampler._interpreter = Recorder(sampler)
    browser.open(shipped_url + "litert-license.txt")
    pens, lifts, stops, looks = [], [], [], []
    for seed in range(4):
        recorder.given, recorder.steps = [], []
        list(sampler.steps(TEXT, seed=seed, bias=1.0))
        steps = browser.run(STEPS, sampler.encode(TEXT), 1.0, recorder.given)
        for ours, theirs in zip(steps, recorder.steps, strict=True):
            *offset, lift = np.subtract(ours["pen"], theirs["pen"])
            # In units of which a letter is 100 to 300 high.
            pens.append(np.abs(offset).max() <= 1)
            lifts.append(lift == 0)
            stops.append(ours["stop"] == theirs["stop"])
            looks.append(np.argmax(ours["phi"]) == np.argmax(theirs["phi"]))
    assert len(pens) > 800
    assert np.mean(pens) > 0.98
    assert np.mean(lifts) > 0.99
    assert np.mean(stops) > 0.99
    assert np.mean(looks) > 0.95


def test_a_model_that_never_stops_is_bounded(modules):
    step = {"pen": [1, 0, 0], "stop": False, "phi": [1, 0, 0]}
    draws = [[{"uniforms": [0, 0], "normals": [0, 0]}] * 300] * 5
    reply = modules.run(REPLAY, "ab", {}, "ab", draws, [step] * 1200)
    assert reply["used"] == 5 * (150 + 45 * 2)
    drawn = reply["drawn"]
    assert not drawn["finished"] and drawn["attempts"] == 5
    assert drawn["unvisited"] == [1]


@pytest.mark.parametrize("text", ["ab.", "abc", "a b?", "a 1", "ab "])
def test_ink_after_the_text(modules, text):
    """So many points past the text, and what Python's rule says of them."""
    from graves_tf.sampling.sample import longest_look
    from graves_tf.sampling.sample import runs_past_text

    symbols = " .?1abc"
    draws = [[{"uniforms": [0, 0], "normals": [0, 0]}] * 99]
    found = []
    for past in range(0, 60, 2):
        looks = np.repeat([0, len(text)], [60 - past, past])
        looks[: len(text)] = np.arange(len(text))
        # What the model knows of the text is as wide as it likes.
        phi = np.zeros((60, 9))
        places = np.where(looks < len(text), looks, 8)
        phi[np.arange(60), places] = 1.0
        pens = [[3, 4, int(i % 20 == 5)] for i in range(60)]
        steps = [
            {"pen": pen, "stop": False, "phi": row.tolist()}
            for pen, row in zip(pens, phi, strict=True)
        ]
        steps.append({**steps[0], "stop": True})
        options = {"attempts": 1}
        reply = modules.run(REPLAY, text, options, symbols, draws, steps)
        drawn = reply["drawn"]
        assert drawn["finished"] and not drawn["unvisited"]
        own = np.concatenate([phi[:, : len(text)], phi[:, -1:]], axis=1)
        expected = runs_past_text(text, np.array(drawn["strokes"]), own)
        assert drawn["runsOn"] == expected
        assert drawn["longestLook"] == pytest.approx(longest_look(text, own))
        found.append(expected)
    assert found == sorted(found) and set(found) == {True, False}


def test_ink_after_the_text_is_drawn_again(modules):
    """The second line has none; the first is as good otherwise."""
    bad = [0] * 2 + [1] * 2 + [2] * 26
    good = [0] * 15 + [1] * 15
    steps = []
    for looks in (bad, good):
        for place in looks:
            phi = np.eye(3)[place].tolist()
            steps.append({"pen": [3, 4, 0], "stop": False, "phi": phi})
        steps.append({**steps[-1], "stop": True})
    draws = [[{"uniforms": [0, 0], "normals": [0, 0]}] * 99] * 5
    drawn = modules.run(REPLAY, "ab", {}, "ab", draws, steps)["drawn"]
    assert drawn["attempts"] == 2 and not drawn["runsOn"]
    options = {"attempts": 1}
    drawn = modules.run(REPLAY, "ab", options, "ab", draws, steps)["drawn"]
    assert drawn["attempts"] == 1 and drawn["runsOn"] and drawn["finished"]


def test_a_line_that_lingers_is_drawn_again(modules):
    """The second line's window does not stay; no other flaw has either."""
    from graves_tf.sampling.sample import LINGERS

    steps = []
    for counts in ((20, 10, 10, 50), (20, 10, 10, 20)):
        for place in np.repeat([0, 2, 3, 4], counts):
            phi = np.eye(6)[place].tolist()
            steps.append({"pen": [3, 4, 0], "stop": False, "phi": phi})
        steps.append({**steps[-1], "stop": True})
    draws = [[{"uniforms": [0, 0], "normals": [0, 0]}] * 99] * 5

    def run(**options):
        text, symbols = "a bcd", " abcd"
        return modules.run(REPLAY, text, options, symbols, draws, steps)[
            "drawn"
        ]

    drawn = run()
    assert drawn["attempts"] == 2 and drawn["longestLook"] < LINGERS
    drawn = run(attempts=1)
    assert drawn["finished"] and not drawn["unvisited"] and not drawn["runsOn"]
    assert drawn["longestLook"] > LINGERS


@pytest.mark.parametrize(
    "text, options, message",
    [
        ("", {}, "text is empty"),
        ("  ", {}, "text is empty"),
        ("a", {"bias": -1}, "legibility must be from 0 to 10. It is -1"),
        ("a", {"bias": 1e9}, "legibility must be"),
        ("a", {"bias": None}, "legibility must be"),
        ("a", {"seed": -1}, "seed must be a whole number"),
        ("a", {"seed": 0.5}, "seed must be a whole number"),
        ("ac", {}, "does not know: c"),
        ("a" * 97, {}, "at most 96"),
        ("a", {"prime": {"strokes": [], "text": "a"}}, "no strokes"),
        ("a", {"prime": {"strokes": [[0, 0, 0]] * 2, "text": " "}}, "missing"),
        ("a", {"prime": {"strokes": [[0, 0, 0]] * 2}}, "missing"),
    ],
)
def test_bad_input_is_named(modules, text, options, message):
    # JSON knows no NaN: null comes as that.
    if options.get("bias", 0) is None:
        options = {"bias": "NaN"}
    with pytest.raises(RuntimeError, match=message):
        modules.run(REPLAY, text, options, "ab ", [[]], [])


def test_a_number_that_is_none_is_said(modules):
    step = {"pen": [None, 0, 0], "stop": False, "phi": [1, 0, 0]}
    draws = [[{"uniforms": [0, 0], "normals": [0, 0]}] * 5]
    with pytest.raises(RuntimeError, match="no number at point 0"):
        modules.run(REPLAY, "ab", {}, "ab", draws, [step])

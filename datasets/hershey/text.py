"""Short English lines, drawn at random from an embedded vocabulary."""

import numpy as np

SHORTEST = 3  # characters
LONGEST = 30
# Common words, and a few for the rare letters.
_WORDS = (
    "the of and to in is it you that he was for on are with as his they be at "
    "one have this from or had by hot word but what some we can out other "
    "were all there when up use your how said an each she which do their time "
    "if will way about many then them write would like so these her long make "
    "thing see him two has look more day could go come did number sound no "
    "most people my over know water than call first who may down side been "
    "now find any new work part take get place made live where after back "
    "little only round man year came show every good me give our under name "
    "very through just form sentence great think say help low line differ "
    "turn cause much mean before move right boy old too same tell does set "
    "three want air well also play small end put home read hand port large "
    "spell add even land here must big high such follow act why ask men change "
    "went light kind off need house picture try us again animal point mother "
    "world near build self earth father head stand own page should country "
    "found answer school grow study still learn plant cover food sun four "
    "between state keep eye never last let thought city tree cross farm hard "
    "start might story saw far sea draw left late run while press close night "
    "real life few north open seem together next white children begin got walk "
    "example ease paper group always music those both mark often letter until "
    "mile river car feet care second book carry took science eat room friend "
    "began idea fish mountain stop once base hear horse cut sure watch colour "
    "face wood main enough plain girl usual young ready above ever red list "
    "though feel talk bird soon body dog family direct pose leave song measure "
    "door product black short class wind question happen complete ship area "
    "half rock order fire south problem piece told knew pass since top whole "
    "king space heard best hour better true during hundred five remember step "
    "early hold west ground interest reach fast verb sing listen six table "
    "travel less morning ten simple several vowel toward war lay against "
    "quick jump lazy fox brown box zero quiz jazz zebra exact quite quiet "
    "queen quarter expect next text tax extra enjoy object judge major just "
    "join maximum size prize lizard oxygen vex squeeze"
).split()
_CONTRACTIONS = "don't it's I'm we'll he'd you've can't that's o'clock".split()
_SIGNS = "{}% #{} +{} *{} 1/{} {}&{}".split()
_BRACKETS = ['""', '""', "''", "()", "[]"]
_ENDS = [".", ".", ".", ",", ",", "?", "!", ";", ":", "..."]
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def random_text(rng: np.random.Generator) -> str:
    """One to five words with capitals, digits and punctuation now and then.

    3 to 30 characters: what is short is learnt soon. Every symbol of
    `ALPHABETS["full"]` comes up in time, and no other.
    """
    while True:
        text = _any_text(rng)
        if SHORTEST <= len(text) <= LONGEST:
            return text


def _any_text(rng):
    words = [_word(rng) for _ in range(rng.integers(1, 6))]
    if rng.random() < 0.5:
        words[0] = words[0][:1].upper() + words[0][1:]
    if rng.random() < 0.5:
        words[-1] += _pick(rng, _ENDS)
    if len(words) > 2 and rng.random() < 0.12:
        place = int(rng.integers(len(words)))
        opening, closing = _pick(rng, _BRACKETS)
        words[place] = opening + words[place] + closing
    return " ".join(words)


def _word(rng):
    kind = rng.random()
    if kind < 0.80:
        return _pick(rng, _WORDS)
    if kind < 0.86:
        return _pick(rng, _WORDS).capitalize()
    if kind < 0.89:
        return _pick(rng, _CONTRACTIONS)
    if kind < 0.91:
        return f"{_pick(rng, _WORDS)}-{_pick(rng, _WORDS)}"
    if kind < 0.93:
        return "".join(_pick(rng, _LETTERS) for _ in range(rng.integers(2, 5)))
    if kind < 0.95:
        return _pick(rng, _LETTERS) + "."
    number = int(10 ** rng.uniform(0, 4))
    if kind < 0.985:
        return str(number)
    return _pick(rng, _SIGNS).format(number, number + 1)


def _pick(rng, choices):
    return choices[rng.integers(len(choices))]

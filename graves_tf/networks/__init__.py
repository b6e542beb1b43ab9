"""The paper's networks."""

# These register what a checkpoint of a training run names.
from graves_tf import losses  # noqa: F401
from graves_tf import metrics  # noqa: F401
from graves_tf.networks.handwriting_predictor import HandwritingPredictor
from graves_tf.networks.handwriting_synthesizer import HandwritingSynthesizer

__all__ = ["HandwritingPredictor", "HandwritingSynthesizer"]

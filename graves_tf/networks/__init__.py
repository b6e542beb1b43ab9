"""The paper's networks."""

# These register what a checkpoint of a training run names.
from graves_tf import losses  # noqa: F401
from graves_tf import metrics  # noqa: F401
from graves_tf.networks.handwriting_predictor import HandwritingPredictor
from graves_tf.networks.handwriting_synthesizer import HandwritingSynthesizer
from graves_tf.networks.text_predictor import TextPredictor
from graves_tf.text import losses as text_losses  # noqa: F401

__all__ = ["HandwritingPredictor", "HandwritingSynthesizer", "TextPredictor"]

"""The paper's networks."""

from graves_tf.networks.handwriting_predictor import HandwritingPredictor
from graves_tf.networks.handwriting_synthesizer import HandwritingSynthesizer

__all__ = ["HandwritingPredictor", "HandwritingSynthesizer"]

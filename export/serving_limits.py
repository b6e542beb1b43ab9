"""How much one request may ask of a server.

A server refuses what is beyond these, and `ServingClient` does not send it.
Importing this imports nothing.
"""

# Characters of one row, a style's text included: some five lines.
MAX_CHARACTERS = 300
# Steps of one row, in one call: those of a style, or those of a line.
MAX_POINTS = 20_000
# e^-100 of a standard deviation is none: beyond, nothing becomes neater.
MAX_BIAS = 100.0

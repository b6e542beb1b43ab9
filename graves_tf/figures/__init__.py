"""The paper's figures, drawn by networks of this package."""

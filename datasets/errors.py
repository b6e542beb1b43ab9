"""What goes wrong with data, for the person who meets it."""


class DataError(ValueError):
    """A data set cannot be built or read; the message says what to do."""


class MissingFilesError(DataError):
    """Files that must be downloaded by hand are not there."""

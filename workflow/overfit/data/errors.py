"""What goes wrong with data, said to the person who can mend it."""


class DataError(Exception):
    """A dataset can't be read or isn't what it should be; the text says what to do."""

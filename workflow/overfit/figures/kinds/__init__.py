"""The kinds of figures, see `overfit.figures`."""

import pkgutil

if not all(kind.ispkg for kind in pkgutil.iter_modules(__path__)):
    # Kinds in one module stand on models of the specification, which looks for such modules in
    # turn: read first, it finds them whole.
    import overfit.spec.figures  # noqa: F401

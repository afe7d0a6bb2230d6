"""`python -m overfit`, see `overfit.command`."""

import sys

from overfit.command import main

if __name__ == "__main__":
    sys.exit(main())

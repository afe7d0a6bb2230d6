"""Open the report in a browser: `python -m overfit.report.open`, as `make open` does."""

from __future__ import annotations

import sys
import webbrowser

from overfit.results import RESULTS


def main() -> None:
    """Open the report; of a workflow that did not finish, the incomplete one.

    Without a report or a browser, it says what to do and exits with status 1.
    """
    there = [page for page in (RESULTS.report, RESULTS.incomplete_report) if page.is_file()]
    if not there:
        sys.exit(f"{RESULTS.report} does not exist; run the workflow first: make reproduce")
    page = max(there, key=lambda path: path.stat().st_mtime).resolve()
    if not webbrowser.open(page.as_uri()):
        sys.exit(f"No browser was found; open this file in one: {page}")
    print(f"Opened {page}")


if __name__ == "__main__":
    main()

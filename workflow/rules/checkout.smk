import io
import os
import subprocess
import tarfile
import tempfile
from pathlib import Path


def checkout(source):
    """The folder of this project, given the folder of this file, `source` (`workflow/rules`).

    A workflow that uses this one as a module may refer to it by `github(...)` or `gitfile(...)`.
    Snakemake then fetches rules and scripts one by one, but not the package that they import.
    So we unpack the commit below `.snakemake`, once.
    """
    if isinstance(source, (str, os.PathLike)):
        return Path(source).parents[1]
    hosted = hasattr(source, "hosted_repo")
    repository = source.hosted_repo.repo_clone if hosted else source.repo_path

    def git(*arguments):
        command = ["git", "-C", str(repository), *arguments]
        return subprocess.run(command, check=True, capture_output=True).stdout

    commit = git("rev-parse", f"{source.ref}^{{commit}}").decode().strip()
    folder = Path(".snakemake", "checkouts", commit)
    if not folder.is_dir():
        folder.parent.mkdir(parents=True, exist_ok=True)
        partial = Path(tempfile.mkdtemp(dir=folder.parent))
        with tarfile.open(fileobj=io.BytesIO(git("archive", commit))) as archive:
            archive.extractall(partial, filter="data")
        partial.rename(folder)
    return folder.resolve()


PROJECT = checkout(workflow.current_basedir)
PACKAGE = PROJECT / "workflow" / "overfit"

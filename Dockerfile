# The workflow with its pinned packages. docs/cluster.md explains how to use it.
#
#     docker build -t overfit .
#     docker run --rm -v "$PWD/results:/overfit/results" overfit --cores 4
#
# Apptainer runs each job in the same image. Jobs use only its packages, because they run the code of
# the checkout from which they were started.
FROM python:3.12-slim-bookworm

# The provenance gets the commit from Git, even if another user owns the checkout.
RUN apt-get update \
 && apt-get install -y --no-install-recommends git make \
 && rm -rf /var/lib/apt/lists/* \
 && git config --system --add safe.directory /overfit

# Before the code, so that editing a module doesn't reinstall everything.
WORKDIR /overfit
COPY requirements.txt ./
RUN python -m pip install --no-cache-dir --require-hashes -r requirements.txt

# For instance snakemake-storage-plugin-s3, which jobs need to read and write object storage:
# docker build --build-arg PLUGINS="snakemake-storage-plugin-s3" -t overfit .
ARG PLUGINS=
RUN [ -z "$PLUGINS" ] || pip install --no-cache-dir $PLUGINS

COPY . .
RUN python -m pip install --no-cache-dir --no-deps --no-build-isolation -e . \
 && python -m compileall -q workflow

# Any user of the container (docker run --user) may write results and Snakemake's records. Snakemake
# needs the name of the user, which a bare number doesn't have.
RUN mkdir -p .snakemake home && chmod -R a+rwX .snakemake results home
ENV HOME=/overfit/home USER=overfit

# Options are for Snakemake. Anything else is a command: executors of clouds start jobs by one.
ENTRYPOINT ["sh", "-c", "case $1 in -*) exec snakemake \"$@\" ;; *) exec \"$@\" ;; esac", "overfit"]
CMD ["--cores", "all"]

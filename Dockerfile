# The workflow with its pinned packages. docs/cluster.md tells how to use it.
#
#     docker build -t overfit .
#     docker run --rm -v "$PWD/results:/overfit/results" overfit --cores 4
#
# Apptainer runs each job in the same image; of it, jobs need the packages only, since they run the
# code of the checkout that they are started from.
FROM python:3.12-slim-bookworm

# Provenance asks Git for the commit, whoever owns the checkout.
RUN apt-get update \
 && apt-get install -y --no-install-recommends git make \
 && rm -rf /var/lib/apt/lists/* \
 && git config --system --add safe.directory /overfit

# Before the code, so that an edited module doesn't install everything again.
WORKDIR /overfit
COPY requirements.txt ./
RUN python -m pip install --no-cache-dir --require-hashes -r requirements.txt

COPY . .
RUN python -m pip install --no-cache-dir --no-deps --no-build-isolation -e . \
 && python -m compileall -q workflow

# Whoever the container runs as (docker run --user) may write results and Snakemake's records. Snakemake
# asks for a user's name, which a number alone doesn't have.
RUN mkdir -p .snakemake home && chmod -R a+rwX .snakemake results home
ENV HOME=/overfit/home USER=overfit

ENTRYPOINT ["snakemake"]
CMD ["--cores", "all"]

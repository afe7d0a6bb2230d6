from overfit.figures.theme import variant_style, variant_styles


def test_variants_that_are_shown_together_never_look_alike():
    every = [f"v{i}" for i in range(12)]
    few = variant_styles(every, every[2:5])
    assert few == {name: variant_style(every, name) for name in every[2:5]}
    assert len(set(variant_styles(every, ["v0", "v1", "v8", "v9"]).values())) == 4

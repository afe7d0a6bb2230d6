"""What is said of the gradient check's figure."""

CAPTION = (
    "Left: relative error between the analytic gradient and the central difference "
    "(f(x + h) − f(x − h)) / 2h, by the step h, in float64. Each line is a part of the core, the "
    "worst of its arrays. On the right branch the formula's error falls with the square of h; on "
    "the left one rounding grows with 1/h. A function without a third derivative, such as the "
    "affine layer, has only the rounding. A wrong gradient has no valley: the one shown takes "
    "the batch's mean and variance for constants. Right: each part at h = 0.00001; the dashed "
    "line is the bound that the tests ask for."
)

ALT = (
    "Relative error of every layer, loss and penalty against the step of the central difference: "
    "each falls into a valley near a step of 0.00001, but for the wrong gradient."
)

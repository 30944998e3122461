import numpy as np
from rows import Format, Formula, Hyperparameter, Method, Optimizer, Rate, Schedule, View, number, stateless

NORMALISED = Method(
    name="normalised",
    target="guests:normalised",
    summary="steps of the rate's length",
    hyperparameters=(Hyperparameter(name="eps", default=1e-8, read=number(above=0)),),
    rate=Rate.ONE,
    source="ours",
)
LOST = Method(name="lost", target="guests:lost", summary="gives no step", rate=Rate.ONE, source="ours")
HALVED = Schedule(name="halved", target="guests:halved", summary="lr/2^k")
TILT = Formula(
    name="tilt",
    formula="x**2 + a*x",
    bounds=((-3.0, 3.0),),
    start=(2.0,),
    lr=0.1,
    iterations=9,
    minimizers=((-0.5,),),
    minimum=-0.25,
    curvature=2.0,
    parameters=(("a", 1.0),),
    source="ours",
)
PLAIN = View(name="plain_curve", target="guests:plain", summary="the curve again", dims=(1,))
BOXES = Format(
    name="boxes",
    target="guests:Boxes",
    summary="what changed, as text",
    extensions=(".boxes",),
    needs_path=False,
    even_size=False,
    max_fps=100,
    loops=False,
    qualities={"medium": "exact"},
)
SHORT = Format(
    name="short",
    target="guests:nothing",
    summary="has no suffix that is one",
    extensions=("short",),
    needs_path=False,
    even_size=False,
    max_fps=100,
    loops=False,
    qualities={"medium": "exact"},
)


def normalised(eps):
    def update(grad, state, x, lr, oracle):
        return -lr * grad / (np.linalg.norm(grad, axis=-1, keepdims=True) + eps), state

    return Optimizer(init=stateless, update=update)


def lost():
    return Optimizer(init=lambda x: None, update=lambda grad, state, x, lr, oracle: None)


def halved():
    return lambda k, lr, n: lr / 2.0**k


def plain(descent):
    from gdanim.views.curve import build

    return build(descent)


class Boxes:
    def __init__(self, stream, reel):
        self.stream = stream

    def __enter__(self):
        return self

    def __exit__(self, *raised):
        pass

    def write(self, frame):
        self.stream.write(f"{frame.index} {frame.box.width}x{frame.box.height}\n".encode())

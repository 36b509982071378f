"""Peer `jax-step`: JAX with one compiled call a step, all of it from gather to update in that call.

Parameters and optimizer state are donated, so that they are updated in place; the order of the examples is on the device,
where the step finds its rows by its own count. `run` returns when the last step's result is there.
"""
import jax
import jax.numpy as jnp
import jaxlib
import numpy as np

from peer import Peer


def keeps_columns(workload):
    """Whether the weights are kept as inputs × outputs, instead of outputs × inputs.

    XLA is a tenth faster so in `nielsen-100`, as fast in `nielsen-30`, and in all others slower, by up to two thirds.
    """
    return workload.cost == "cross-entropy"


def cost_of(workload, layers, x, y):
    """The mean cost of a mini-batch; `y` are one-hot rows, or one vector, as `x`."""
    a = x
    for layer, (w, b) in enumerate(layers):
        z = (a @ w if keeps_columns(workload) else w @ a if a.ndim == 1 else a @ w.T) + b
        if layer < len(layers) - 1:
            a = jax.nn.relu(z) if workload.hidden == "relu" else jax.nn.sigmoid(z)
    if workload.cost == "softmax":
        total = jnp.sum(jax.nn.logsumexp(z, axis=-1)) - jnp.sum(z * y)
    elif workload.cost == "cross-entropy":
        total = jnp.sum(jax.nn.softplus(z) - z * y)
    else:
        total = jnp.sum((jax.nn.sigmoid(z) - y) ** 2) / 2
    return total / workload.batch


def make_step(workload):
    """The step: (state, inputs, targets, rows) to state and cost; the state is (layers, means, squares, steps)."""

    def step(state, inputs, targets, rows):
        layers, means, squares, steps = state
        # XLA is three times as fast on a vector as on a matrix of one row.
        rows = rows[0] if workload.batch == 1 else rows
        x, y = inputs.at[rows].get(mode="promise_in_bounds"), targets.at[rows].get(mode="promise_in_bounds")
        cost, gradients = jax.value_and_grad(lambda layers: cost_of(workload, layers, x, y))(layers)
        steps += 1
        if workload.optimizer == "sgd":
            layers = jax.tree.map(lambda p, g: p - workload.rate * g, layers, gradients)
        else:
            means = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, means, gradients)
            squares = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, squares, gradients)
            count = steps.astype(x.dtype)
            rate, root = workload.rate / (1 - 0.9 ** count), jnp.sqrt(1 - 0.999 ** count)
            layers = jax.tree.map(lambda p, m, v: p - rate * m / (jnp.sqrt(v) / root + 1e-8), layers, means, squares)
        return (layers, means, squares, steps), cost

    return step


class JAXStep(Peer):
    def __init__(self, workload, digits, parameters, order):
        super().__init__(workload, digits, parameters, order)
        jax.config.update("jax_enable_x64", workload.precision == "f64")
        self.inputs, self.targets = jnp.asarray(digits.inputs), jnp.asarray(digits.targets)
        layers = [(jnp.array(w.T if keeps_columns(workload) else w), jnp.array(b)) for w, b in parameters]
        # Each has to be a buffer of its own: donating one twice is an error.
        zeros = [jax.tree.map(jnp.zeros_like, layers) if workload.optimizer == "adam" else () for _ in range(2)]
        self.state = (layers, *zeros, jnp.zeros((), jnp.int32))
        self.compile()

    def compile(self):
        step, batch = make_step(self.workload), self.workload.batch

        def numbered(carry, inputs, targets, order):
            state, number, total = carry
            rows = jax.lax.dynamic_slice(order, (number, jnp.zeros_like(number)), (1, batch))[0]
            state, cost = step(state, inputs, targets, rows)
            return state, number + 1, total + cost

        self.compiled = jax.jit(numbered, donate_argnums=0)
        # The order's shape is part of what is compiled: steps are taken from an array of an epoch's length.
        self.length = len(self.digits.inputs) // batch

    @staticmethod
    def versions():
        return {"jax": jax.__version__, "jaxlib": jaxlib.__version__, "numpy": np.__version__}

    def run(self, steps):
        total, left = 0.0, steps
        while left > 0:
            count = min(left, self.length)
            rows = np.zeros((self.length, self.workload.batch), np.int32)
            rows[:count] = self.order.take(count)
            carry = (self.state, jnp.zeros((), jnp.int32), jnp.zeros((), self.inputs.dtype))
            rows = jnp.asarray(rows)
            for _ in range(count):
                carry = self.compiled(carry, self.inputs, self.targets, rows)
            self.state, _, cost = jax.block_until_ready(carry)
            total += float(cost)
            left -= count
        return total / steps

    def parameters(self):
        arrays = [(np.asarray(w), np.asarray(b)) for w, b in self.state[0]]
        return [(w.T if keeps_columns(self.workload) else w, b) for w, b in arrays]

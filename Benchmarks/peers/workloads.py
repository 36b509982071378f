"""The workloads that every comparison uses: each a network, its training settings and a precision.

Benchmarks/README.md lists them. Standard library only, so that it can be read before NumPy is loaded and its threads are set.
"""
import dataclasses


@dataclasses.dataclass(frozen=True)
class Workload:
    """What is trained: `sizes` are the inputs and then the neurons of each layer."""

    name: str
    sizes: tuple
    batch: int
    hidden: str  # "sigmoid" or "relu"
    cost: str  # "quadratic" and "cross-entropy", each over a sigmoid for every class, or "softmax" cross-entropy
    optimizer: str  # "sgd" or "adam", the latter with 0.9, 0.999 and 1e-8
    rate: float
    precision: str  # "f64" or "f32"

    @property
    def dtype(self):
        """The name of the scalars' type in NumPy."""
        return {"f64": "float64", "f32": "float32"}[self.precision]

    @property
    def operations(self):
        """Floating-point operations of a step's products: forward, two backward, none into the inputs."""
        products = [m * n for m, n in zip(self.sizes[:-1], self.sizes[1:])]
        return self.batch * (6 * sum(products) - 2 * products[0])


def _sigmoid(name, hidden, batch, rate, cost, precision="f64"):
    return Workload(name, (784, hidden, 10), batch, "sigmoid", cost, "sgd", rate, precision)


def _relu(name, hidden, batch, optimizer, rate, precision="f32"):
    return Workload(name, (784, *hidden, 10), batch, "relu", "softmax", optimizer, rate, precision)


WORKLOADS = {workload.name: workload for workload in (
    _sigmoid("nielsen-30", 30, batch=10, rate=3.0, cost="quadratic"),
    _sigmoid("nielsen-30-f32", 30, batch=10, rate=3.0, cost="quadratic", precision="f32"),
    _sigmoid("nielsen-100", 100, batch=10, rate=0.5, cost="cross-entropy"),
    _sigmoid("online-30", 30, batch=1, rate=0.5, cost="quadratic"),
    _relu("mlp-512", (512, 512), batch=128, optimizer="adam", rate=1e-3),
    _relu("mlp-1024", (1024, 1024, 1024), batch=256, optimizer="adam", rate=1e-3),
    _relu("mlp-2048", (2048, 2048, 2048), batch=512, optimizer="sgd", rate=0.01),
    _relu("mlp-2048-f64", (2048, 2048, 2048), batch=512, optimizer="sgd", rate=0.01, precision="f64"),
)}

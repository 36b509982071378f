"""The parameters that a peer's training starts from, and what they answer: the same for every peer."""
import numpy as np


def initial(workload, seed=1):
    """The parameters a training starts from: for each layer its weights (outputs × inputs) and its biases.

    Sigmoid networks draw from the normal distribution, as the book does, ReLU networks uniformly from ±1/√inputs, as
    PyTorch does.
    """
    generator = np.random.default_rng(seed)
    layers = []
    for inputs, outputs in zip(workload.sizes[:-1], workload.sizes[1:]):
        if workload.hidden == "sigmoid":
            weights, biases = generator.standard_normal((outputs, inputs)), generator.standard_normal(outputs)
        else:
            bound = inputs ** -0.5
            weights = generator.uniform(-bound, bound, (outputs, inputs))
            biases = generator.uniform(-bound, bound, outputs)
        layers.append((weights.astype(workload.dtype), biases.astype(workload.dtype)))
    return layers


def forward(workload, parameters, inputs):
    """The activation of the last layer (examples × classes), for soft-maximum outputs its logits: the class with the most
    is the answer either way."""
    a = inputs
    for layer, (weights, biases) in enumerate(parameters):
        z = a @ weights.T + biases
        if workload.hidden == "sigmoid":
            a = 1 / (1 + np.exp(-z))
        else:
            a = np.maximum(z, 0) if layer < len(parameters) - 1 else z
    return a

"""Peer `sklearn`: scikit-learn's MLPClassifier, trained by partial_fit.

What it can express: sigmoid layers under the cross-entropy of ten sigmoid outputs (targets given as an indicator matrix, one
column a class), and ReLU layers under softmax cross-entropy, each with gradient descent without momentum or Adam. It has no
quadratic cost for a classifier. Its Adam adds its 1e-8 before the bias correction, PyTorch's after it.

A call of partial_fit trains on a window of the images, which it shuffles itself; windows follow one another through the file.
"""
import numpy as np
import sklearn
from sklearn.neural_network import MLPClassifier

from peer import Peer


class Sklearn(Peer):
    def __init__(self, workload, digits, parameters, order):
        super().__init__(workload, digits, parameters, order)
        self.chunk = min(max(1, round(2e9 / workload.operations)), len(digits.inputs) // workload.batch)
        self.start = 0
        softmax = workload.cost == "softmax"
        self.answers = digits.labels if softmax else digits.targets.astype(np.int64)
        self.model = MLPClassifier(
            workload.sizes[1:-1], activation={"sigmoid": "logistic", "relu": "relu"}[workload.hidden], solver=workload.optimizer,
            alpha=0, batch_size=workload.batch, learning_rate_init=workload.rate, momentum=0, nesterovs_momentum=False,
            shuffle=order.seed is not None, random_state=1)
        # It allocates its layers at the first call; that step is undone by setting the parameters.
        few = slice(0, max(workload.batch, 100))
        self.model.partial_fit(digits.inputs[few], self.answers[few], classes=np.arange(10))
        for (w, b), own_w, own_b in zip(parameters, self.model.coefs_, self.model.intercepts_):
            own_w[:], own_b[:] = w.T, b

    @staticmethod
    def cannot(workload):
        return "MLPClassifier has no quadratic cost" if workload.cost == "quadratic" else None

    @staticmethod
    def versions():
        return {"scikit-learn": sklearn.__version__, "numpy": np.__version__}

    def run(self, steps):
        total = 0.0
        for _ in range(max(1, steps // self.chunk)):
            count = min(steps, self.chunk) * self.workload.batch
            if self.start + count > len(self.digits.inputs):
                self.start = 0
            window = slice(self.start, self.start + count)
            self.model.partial_fit(self.digits.inputs[window], self.answers[window])
            self.start += count
            total += self.model.loss_
        return total / max(1, steps // self.chunk)

    def parameters(self):
        return [(w.T, b) for w, b in zip(self.model.coefs_, self.model.intercepts_)]

"""Peer `jax-scan`: JAX with a chunk of steps compiled into one call by lax.scan, its best case.

A chunk is an epoch, or some 10 GFLOP where an epoch is longer; `run` takes multiples of it.
"""
import jax
import jax.numpy as jnp
import numpy as np

from jax_step import JAXStep, make_step


class JAXScan(JAXStep):
    def compile(self):
        step = make_step(self.workload)
        epoch = len(self.digits.inputs) // self.workload.batch
        self.chunk = max(1, min(epoch, round(10e9 / self.workload.operations)))

        # Steps on single examples are 4 % faster four in a turn; those on mini-batches are not.
        unroll = 4 if self.workload.batch == 1 else 1

        def scanned(state, inputs, targets, order):
            return jax.lax.scan(lambda state, rows: step(state, inputs, targets, rows), state, order, unroll=unroll)

        self.compiled = jax.jit(scanned, donate_argnums=0)

    def run(self, steps):
        total = 0.0
        for _ in range(steps // self.chunk):
            rows = jnp.asarray(self.order.take(self.chunk).astype(np.int32))
            self.state, costs = jax.block_until_ready(self.compiled(self.state, self.inputs, self.targets, rows))
            total += float(costs.mean())
        return total / (steps // self.chunk)

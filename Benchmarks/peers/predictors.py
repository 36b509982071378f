"""The forward pass of a sigmoid network in each library: functions that take no argument and return when the result is there.

Each gets its input where the library likes it best, made once; the result is new or in a buffer that is kept, as is faster.
`time_prediction.py` times them.
"""
import numpy as np


def numpy(parameters, x):
    layers = [(w.T, b, np.empty((len(x), len(b)), x.dtype)) for w, b in parameters]

    def call():
        a = x
        for w, b, z in layers:
            np.dot(a, w, z)
            z += b
            np.negative(z, z)
            np.exp(z, z)
            z += 1
            np.reciprocal(z, z)
            a = z
        return a

    return call, {"numpy": np.__version__}


def torch(parameters, x):
    import torch

    layers = [(torch.from_numpy(w), torch.from_numpy(b)) for w, b in parameters]
    x = torch.from_numpy(x)

    torch.set_grad_enabled(False)

    def call():
        a = x
        for w, b in layers:
            a = torch.nn.functional.linear(a, w, b).sigmoid_()
        return a

    return call, {"torch": torch.__version__}


def torch_compiled(parameters, x):
    import torch
    from torch_compiled import compiled

    layers = [(torch.from_numpy(w), torch.from_numpy(b)) for w, b in parameters]
    x = torch.from_numpy(x)

    def forward(a):
        for w, b in layers:
            a = torch.sigmoid(torch.nn.functional.linear(a, w, b))
        return a

    torch.set_grad_enabled(False)
    call = compiled(forward)
    return lambda: call(x), {"torch": torch.__version__}


def jax(parameters, x):
    import jax
    import jax.numpy as jnp
    import jaxlib

    # As in training, one example is a vector.
    is_single = len(x) == 1
    layers, x = [(jnp.asarray(w), jnp.asarray(b)) for w, b in parameters], jnp.asarray(x[0] if is_single else x)

    @jax.jit
    def forward(a):
        for w, b in layers:
            a = jax.nn.sigmoid((w @ a if is_single else a @ w.T) + b)
        return a

    return lambda: forward(x).block_until_ready(), {"jax": jax.__version__, "jaxlib": jaxlib.__version__}


def onnxruntime(parameters, x):
    import onnx
    import onnxruntime
    from onnx_model import model

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(model(parameters), options, providers=["CPUExecutionProvider"])
    # Both bound once: a call moves nothing between Python and the runtime.
    binding, result = session.io_binding(), np.empty((len(x), len(parameters[-1][1])), x.dtype)
    device = ("cpu", 0, x.dtype)
    binding.bind_input("x", *device, x.shape, x.ctypes.data)
    binding.bind_output("y", *device, result.shape, result.ctypes.data)

    def call():
        session.run_with_iobinding(binding)
        return result

    return call, {"onnxruntime": onnxruntime.__version__, "onnx": onnx.__version__}


PREDICTORS = {
    "numpy": numpy, "torch-eager": torch, "torch-compiled": torch_compiled, "jax": jax, "onnxruntime": onnxruntime}

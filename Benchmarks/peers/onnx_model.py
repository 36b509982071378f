"""The network of the prediction peers as an ONNX model: Gemm and Sigmoid for each layer."""
import onnx
from onnx import TensorProto, helper, numpy_helper


def model(parameters):
    """The serialized model of sigmoid layers; its input `x` and output `y` have any number of rows."""
    nodes, constants, name = [], [], "x"
    for layer, (weights, biases) in enumerate(parameters):
        constants += [numpy_helper.from_array(weights, f"w{layer}"), numpy_helper.from_array(biases, f"b{layer}")]
        after = "y" if layer == len(parameters) - 1 else f"a{layer}"
        nodes.append(helper.make_node("Gemm", [name, f"w{layer}", f"b{layer}"], [f"z{layer}"], transB=1))
        nodes.append(helper.make_node("Sigmoid", [f"z{layer}"], [after]))
        name = after
    inputs, outputs = parameters[0][0].shape[1], parameters[-1][0].shape[0]
    graph = helper.make_graph(
        nodes, "predict", [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["rows", inputs])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["rows", outputs])], constants)
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=10)
    onnx.checker.check_model(made)
    return made.SerializeToString()

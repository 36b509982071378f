import Foundation
import NNBlas
import TestSupport
import Testing
import nnbench

@Suite("nnbench as a process")
struct ToolTests {
  @Test("Help and version are figures: standard output, exit code 0")
  func help() throws {
    let version = try Tool.run("--version")
    #expect((version.status, version.output, version.errors) == (0, packageVersion + "\n", ""))
    let overview = try Tool.run("--help")
    #expect(overview.status == 0)
    for command in [
      "report", "info", "selftest", "peak", "gemm", "gemv", "ger", "epoch", "predict-speed", "compare", "train",
      "evaluate", "predict",
      "explain",
    ] {
      #expect(overview.output.contains("\n  \(command) "))
      let help = try Tool.run(command, "--help")
      #expect(help.status == 0)
      #expect(help.output.contains("USAGE: nnbench \(command)"))
      #expect(help.output.split(separator: "\n").allSatisfy { $0.count <= 100 })
      #expect(try Tool.run("help", command).output == help.output)
    }
  }

  @Test(
    "A wrong command line is 64, and says what would be right",
    arguments: [
      (
        ["epoc"],
        "unknown command 'epoc', expected one of report, info, selftest, peak, gemm, gemv, ger, epoch, predict-speed, compare, train, evaluate, predict, "
          + "explain, help; did you mean epoch?"
      ),
      (["train", "--epohs", "3"], "unknown flag --epohs; did you mean --epochs?"),
      (["--treads", "3"], "unknown flag --treads; did you mean --threads?"),
      (["train", "--epochs", "x"], "--epochs is 'x', expected a whole number"),
      (["train", "--threads=0"], "--threads is 0, expected 1 to 1024"),
      (
        ["epoch", "--workload", "nielsen-30", "--layers", "784,10"],
        "--workload and --layers contradict each other; give one"
      ),
      (
        ["train", "--precision", "f32", "--learning-rate", "1e308"],
        "--learning-rate is '1e308', expected a number above 0 and finite once rounded to f32"
      ),
      (["train", "--save", "-"], "--save is -, expected a file; standard output has the report"),
      (["--versoin"], "unknown flag --versoin; did you mean --version?"),
      (["epoch", "--batch", "3"], "--batch needs --layers; a workload has its own"),
      (
        ["train", "--initial", "a", "--initializer", "scaledNormal"],
        "--initial and --initializer contradict each other; give one"
      ),
      (
        ["train", "--layers", "2000000000,2000000000"],
        "--layers: Network: the weight matrix of layer 1 is 2000000000×2000000000 and needs 29802322387.7 GiB, expected at most"
      ),
      (["epoch", "--layers", "2147483647,2147483647"], "--layers: Network: the weight matrix of layer 1 is "),
      (
        ["explain", "2147483647,1"],
        "<sizes>: Network: the buffer of all parameters is a vector of 2147483648, expected extents from 0 to 2147483647"
      ),
      (
        ["train", "--initial", "a", "--activation", "sigmoid"],
        "--initial and --activation contradict each other; give one"
      ),
      (
        ["train", "--save", "a"],
        "--save is 'a', expected a name that ends in .safetensors, or in .json for the format of the book's network2.py"
      ),
      (
        ["train", "--save", "a.json", "--activation", "relu"],
        "--save and --activation relu contradict each other: the book's format has sigmoid layers only; leave one out, or save "
          + "a .safetensors"
      ),
      (
        ["train", "--save", "a.json", "--cost=softmax-cross-entropy"],
        "--save and --cost softmax-cross-entropy contradict each other: the book's format has the costs quadratic and "
          + "cross-entropy only; leave one out, or save a .safetensors, or give one of them"
      ),
      (
        ["train", "--until-accuracy", "0.9", "--steps", "3"],
        "--until-accuracy and --steps contradict each other; give one"
      ),
      (
        ["train", "--until-accuracy", "97"],
        "--until-accuracy is '97', expected a number above 0 and at most 1; 0.97 is 97 %"
      ),
      (
        ["train", "--activation", "rellu"],
        "--activation is 'rellu', expected identity or sigmoid or tanh or relu or leaky-relu(0.01) or elu(1.0) or gelu or silu "
          + "or softplus or softmax; did you mean relu?"
      ),
      (
        ["train", "--activation", "softmax"],
        "--activation is softmax, which is for the last layer alone; write it behind that, as 10:softmax"
      ),
      (
        ["train", "--optimizer", "adm"],
        "--optimizer is 'adm', expected sgd or momentum or nesterov or rmsprop or adam or adamw; did you mean adam?"
      ),
      (["epoch", "--steps", "3", "--epochs", "1"], "--steps and --epochs contradict each other; give one"),
      (["epoch", "--seconds", "3", "--steps", "1"], "--steps and --seconds contradict each other; give one"),
      (["epoch", "--seconds", "3", "--epochs", "1"], "--epochs and --seconds contradict each other; give one"),
      (["epoch", "--steps", "0"], "--steps is 0, expected at least 1"),
      (["explain"], "<sizes> is missing, such as 2,1,2"),
      (["explain", "2,x"], "<sizes> is '2,x', expected whole numbers from 1 to 2147483647 with commas, as 784,30,10"),
      (["help", "train", "junk"], "unexpected argument 'junk'"),
      (["--version", "junk"], "unexpected argument 'junk'"),
      (["train", "--data="], "--data needs a value: --data <path>"),
    ])
  func usage(arguments: [String], text: String) throws {
    let result = try Tool.run(arguments: arguments)
    #expect(result.status == 64)
    #expect(result.output == "")
    #expect(result.errors.hasPrefix("nnbench: \(text)"), "\(result.errors)")
    #expect(result.errors.contains("See 'nnbench "))
  }

  @Test(
    "Data that cannot be used are 65",
    arguments: [
      (["train", "--data", "/nowhere"], "/nowhere: no such folder; expected one with the four files of MNIST"),
      (
        ["train", "--data", "/dev/null"],
        "--data is /dev/null, a file, expected a table that ends in .csv or .tsv, an array in .npy, or a folder with "
          + "MNIST's files"
      ),
      (
        ["epoch", "--data", "/"],
        "/: neither train-images-idx3-ubyte nor train-images-idx3-ubyte.gz is there; expected the four files of MNIST in this "
          + "folder"
      ),
      (["train", "--initial", "/nowhere.json"], "/nowhere.json: No such file or directory"),
      (
        ["explain", "2,1,2", "--x", "1,2,3"],
        "backpropagate(x:y:): x is a vector of 3, expected a vector of 2 (layer 1, Dense 2 → 1)"
      ),
      (
        ["explain", "2,1,2", "--x", "1,2;", "--y", "3,4;"],
        "backpropagate(x:y:): x is 1×2, expected a column of 2 (layer 1, Dense 2 → 1); "
          + "use x.transposed, or batch: for one row"
      ),
      (
        ["explain", "2,1,2", "--x", "1;2", "--y", "3;4", "--batch"],
        "backpropagate(batch:targets:): batch is 2×1, read as 2 examples of 1 input, expected 2 inputs "
          + "(layer 1, Dense 2 → 1); use batch.transposed, a batch's examples are rows"
      ),
      (["explain", "2,1,2", "--x", "1,2;3"], "--x: row 1 has 1 element, expected 2, as many as row 0"),
      (
        ["explain", "2,1,2", "--x", "1,2;3,4", "--y", "3,4"],
        "backpropagate(batch:targets:): targets has 1 example, expected 2, as many as batch"
      ),
    ])
  func data(arguments: [String], text: String) throws {
    let result = try Tool.run(arguments: arguments)
    #expect(result.status == 65)
    #expect(result.output == "")
    #expect(result.errorsOfRun == "nnbench: \(text)\n")
  }

  @Test("Output that cannot be written is a failure")
  func fullOutput() throws {
    let full = try #require(FileHandle(forWritingAtPath: "/dev/full"))
    let result = try Tool.run(arguments: ["explain", "2,1,2"], to: full)
    #expect((result.status, result.errors) == (1, "nnbench: standard output: No space left on device\n"))
  }

  @Test("A reader that goes ends the tool without a word, but not a run that is saved")
  func closedPipe() throws {
    let pipe = Pipe()
    try pipe.fileHandleForReading.close()
    let explain = try Tool.run(arguments: ["explain", "2,1,2"], to: pipe.fileHandleForWriting)
    #expect((explain.status, explain.errors) == (141, ""))
    // What was told before the reader went is no loss; what is learned is kept.
    try withSmallMNIST { folder in
      let train = ["train", "--data", folder.path, "--layers", "4,10", "--epochs", "2"]
      let file = folder.path(of: "net.json")
      #expect(try Tool.run(arguments: train + ["--save", file], to: pipe.fileHandleForWriting).status == 141)
      let saved = try BookFile<Double>(contentsOf: file).network
      #expect(try saved != Network(sizes: [4, 10], seed: 1))
      #expect(try Tool.run(arguments: train, to: pipe.fileHandleForWriting).status == 141)
      let epoch = ["epoch", "--layers", "4,10", "--data", folder.path, "--epochs", "1", "--json"]
      let json = folder.path(of: "result.json")
      #expect(try Tool.run(arguments: epoch + [json], to: pipe.fileHandleForWriting).status == 141)
      #expect(FileManager.default.fileExists(atPath: json))
    }
  }

  @Test(
    "The report measures products, predictions and training steps",
    .enabled(if: isOptimizedBuild, "drawing and training take minutes in a debug build"),
    arguments: [([], [:]), (["report", "--threads", "1"], ["NNBLAS_SIMD": "avx9"])])
  func report(arguments: [String], environment: [String: String]) throws {
    let result = try Tool.run(arguments: arguments, environment: environment)
    #expect(result.status == 0)
    #expect(environment.isEmpty ? result.errorsOfRun.isEmpty : isSIMDWarning(result.errorsOfRun), "\(result.errors)")
    for words in ["Machine:", "OpenBLAS:", "embedded synthetic digits (seed 1)", "dgemm", "sgemm", "dger", "sger"] {
      #expect(result.output.contains(words), "\(words)")
    }
    #expect(result.output.contains("784-30-10  f64           10"))
    #expect(result.output.contains("\nnielsen-30     10        "))
    let answer = try #require(result.output.firstMatch(of: /nielsen-30: 784-30-10, f64; (\d+)\/10000 correct/))
    #expect(try #require(Int(answer.1)) > 9_000)
    // Tables fit a terminal; the note is prose.
    #expect(result.output.split(separator: "\n").allSatisfy { $0.count <= 100 || $0.hasPrefix("nielsen-30: ") })
  }

  @Test(
    "What cannot be written is a failure, found before the work starts",
    arguments: [
      ["train", "--save", "/nowhere/net.json"], ["epoch", "--json", "/nowhere/net.json"],
      ["info", "--json", "/nowhere/net.json"],
    ])
  func unwritable(arguments: [String]) throws {
    let result = try Tool.run(arguments: arguments)
    #expect(result.status == 1)
    #expect(
      result.errors == "nnbench: /nowhere/net.json: cannot be written: its folder does not exist or is not writable\n")
  }
}

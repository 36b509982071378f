import Foundation
import NNBlas
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
    for command in ["report", "epoch", "train", "explain"] {
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
      (["epoc"], "unknown command 'epoc', expected one of report, epoch, train, explain, help; did you mean epoch?"),
      (["train", "--epohs", "3"], "unknown flag --epohs; did you mean --epochs?"),
      (["--treads", "3"], "unknown flag --treads; did you mean --threads?"),
      (["train", "--epochs", "x"], "--epochs is 'x', expected a whole number"),
      (["train", "--threads=0"], "--threads is 0, expected 1 to 64"),
      (
        ["epoch", "--workload", "nielsen-30", "--layers", "784,10"],
        "--workload and --layers contradict each other; give one"
      ),
      (["epoch", "--batch", "3"], "--batch needs --layers; a workload has its own"),
      (
        ["train", "--initial", "a", "--initializer", "scaledNormal"],
        "--initial and --initializer contradict each other; give one"
      ),
      (
        ["train", "--layers", "2000000000,2000000000"],
        "--layers: Network: the weight matrix of layer 1 is 2000000000×2000000000 and needs 29802322387.7 GiB, expected at most"
      ),
      (
        ["explain", "2147483647,1"],
        "Network: the buffer of all parameters is a vector of 2147483648, expected extents from 0 to 2147483647"
      ),
      (["explain"], "the network's sizes are missing, such as 2,1,2"),
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
      (["explain", "2,1,2", "--x", "1,2;3"], "Matrix: row 1 has 1 element, expected 2, as many as row 0"),
      (
        ["explain", "2,1,2", "--x", "1,2;3,4", "--y", "3,4"],
        "backpropagate(batch:targets:): targets has 1 example, expected 2, as many as batch"
      ),
    ])
  func data(arguments: [String], text: String) throws {
    let result = try Tool.run(arguments: arguments)
    #expect(result.status == 65)
    #expect(result.output == "")
    #expect(result.errors == "nnbench: \(text)\n")
  }

  @Test(
    "What cannot be written is a failure, found before the work starts",
    arguments: [
      ["train", "--save", "/nowhere/net.json"], ["epoch", "--json", "/nowhere/net.json"],
    ])
  func unwritable(arguments: [String]) throws {
    let result = try Tool.run(arguments: arguments)
    #expect(result.status == 1)
    #expect(
      result.errors == "nnbench: /nowhere/net.json: cannot be written: its folder does not exist or is not writable\n")
  }
}

extension Network: CustomStringConvertible {
  /// `784-30-10, sigmoid, f64, 23860 parameters`; `784-512-10, relu identity, f32, 407050 parameters`; where there are other layers,
  /// `20 → Dense 30 relu → BatchNorm → Dense 2, f32, 752 parameters`.
  public var description: String {
    let tail = "\(S.precision), " + counted(parameterCount, "parameter")
    guard architecture.allSatisfy({ $0 is Dense }) else {
      let layers = architecture.map { layer in
        guard let dense = layer as? Dense else { return layer.name }
        return "Dense \(dense.outputs)" + (dense.activation == .identity ? "" : " \(dense.activation)")
      }
      return (["\(inputs)"] + layers).joined(separator: " → ") + ", " + tail
    }
    let names = Set(activations).count == 1 ? Array(activations.prefix(1)) : activations
    return
      "\(sizes.map(String.init).joined(separator: "-")), \(names.map(\.description).joined(separator: " ")), \(tail)"
  }

  /// A table with a line for each layer: what it makes of how many inputs, how many parameters it has, the floating-point operations
  /// of its product for an example forward, and its parameters' memory; with the sums.
  public var summary: String {
    var rows = [["", "layer", "in", "out", "parameters", "operations", "memory"]]
    let layout = storage.layout
    let bytes = MemoryLayout<S>.stride
    for (index, layer) in architecture.enumerated() {
      let (name, count) = (layout.names[index], layout.range(of: index).count)
      let activation = (layer as? Dense).map { $0.activation == .identity ? "" : ", \($0.activation)" } ?? ""
      let operations = layer is Dense ? 2 * name.inputs * name.outputs : 0
      rows.append([
        "\(index + 1)", layer.name + activation + (frozen.contains(index) ? " (frozen)" : ""), "\(name.inputs)",
        "\(name.outputs)", "\(count)", "\(operations)", byteSize(count * bytes),
      ])
    }
    let operations = denseNodes.reduce(0) { $0 + 2 * $1.inputs * $1.outputs }
    rows.append([
      "", "all", "\(inputs)", "\(outputs)", "\(parameterCount)", "\(operations)", byteSize(parameterCount * bytes),
    ])
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      row.enumerated().map { column, text in
        let padding = String(repeating: " ", count: widths[column] - text.count)
        return column == 1 ? text + padding : padding + text
      }.joined(separator: "  ")
    }.joined(separator: "\n")
  }
}

/// `12 B`, `3.4 KiB`, `1.2 MiB`.
func byteSize(_ count: Int) -> String {
  var (value, unit) = (Double(count), 0)
  let units = ["B", "KiB", "MiB", "GiB", "TiB"]
  while value >= 1024, unit < units.count - 1 { (value, unit) = (value / 1024, unit + 1) }
  return unit == 0 ? "\(count) B" : "\((value * 10).rounded() / 10) \(units[unit])"
}

extension Sweep {
  func chart(of base: Workload, _ points: [Point], _ results: [EpochResult]) -> String { "" }
}

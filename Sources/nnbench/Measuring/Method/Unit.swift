/// What samples count, as it is written in JSON.
package enum Unit: String, Codable, Sendable {
  /// Of one call or step; less is better.
  case microseconds = "us"
  /// 10⁹ floating-point operations a second; more is better.
  case gflops = "GFLOP/s"
  /// 10⁹ bytes a second; more is better.
  case gigabytes = "GB/s"

  /// Whether what is faster has the smaller number.
  package var isTime: Bool { self == .microseconds }
}

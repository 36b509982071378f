import NNBlas

/// The distance of a value from a reference, in units in the last place of the reference rounded to the value's type.
func ulps<S: Scalar>(_ value: S, from reference: Double) -> Double {
  let rounded = S(reference)
  if value == rounded { return 0 }
  return abs(Double(value) - reference) / Double(rounded.ulp)
}

/// Takes what stands in a template in the place of a number: a prior, say, or a reference.
package protocol TemplateNumberReader: AnyObject {
  /// - Returns: Any value that the number may have, for what is read with it; nil to keep the default.
  func read(_ value: SpecValue, _ visitor: SpecVisitor, _ path: String, _ range: SpecRange, isWhole: Bool)
    -> Double?
  /// The same for a list of coordinates.
  func readPoint(_ value: SpecValue, _ visitor: SpecVisitor, _ path: String, _ range: SpecRange)
  /// The smallest and largest value of a number that has been read; nil for a bare one.
  func limits(at path: String) -> ClosedRange<Double>?
}

extension SpecVisitor {
  /// The smallest and largest value that a number may have, by the path from here.
  public func limits(of key: String, _ value: Double) -> ClosedRange<Double> {
    errors.template?.limits(at: keyPath(key)) ?? value...value
  }
}

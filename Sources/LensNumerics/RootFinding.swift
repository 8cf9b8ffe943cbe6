import CGSL
import LensCore

/// Where a continuous function crosses zero, by Brent's method.
///
/// - Parameters:
///   - range: The function has opposite signs at its ends.
///   - relativeTolerance: Of the root, or of the range's width for a root near zero.
/// - Throws: `NumericalError.noSolution` if the signs are equal, `.noConvergence` after 200 steps.
public func findRoot(
  in range: ClosedRange<Double>, relativeTolerance: Double = 1e-14, quantity: String,
  _ function: (Double) -> Double
) throws -> Double {
  let (low, high) = (function(range.lowerBound), function(range.upperBound))
  guard low.isFinite, high.isFinite, low * high <= 0 else {
    throw NumericalError.noSolution(
      quantity: quantity,
      context: "\(range.lowerBound) to \(range.upperBound) does not enclose a sign change")
  }
  if low == 0 { return range.lowerBound }
  if high == 0 { return range.upperBound }
  _ = gslErrorHandlerIsOff
  return try withoutActuallyEscaping(function) { function in
    try brentRoot(in: range, relativeTolerance, quantity, function)
  }
}

private final class FunctionBox {
  let function: (Double) -> Double
  init(_ function: @escaping (Double) -> Double) { self.function = function }
}

private func brentRoot(
  in range: ClosedRange<Double>, _ tolerance: Double, _ quantity: String,
  _ function: @escaping (Double) -> Double
) throws -> Double {
  guard let solver = gsl_root_fsolver_alloc(lens_gsl_brent()) else {
    throw NumericalError.noSolution(quantity: quantity, context: "no memory for GSL's root finder")
  }
  defer { gsl_root_fsolver_free(solver) }
  let box = FunctionBox(function)
  var callback = gsl_function(
    function: { x, context in
      guard let context else { return .nan }
      return Unmanaged<FunctionBox>.fromOpaque(context).takeUnretainedValue().function(x)
    },
    params: Unmanaged.passUnretained(box).toOpaque())
  return try withExtendedLifetime(box) {
    guard gsl_root_fsolver_set(solver, &callback, range.lowerBound, range.upperBound) == 0 else {
      throw NumericalError.noSolution(quantity: quantity, context: "GSL refused the bracket")
    }
    let absoluteTolerance = 0.1 * tolerance * (range.upperBound - range.lowerBound)
    for _ in 0..<200 {
      gsl_root_fsolver_iterate(solver)
      let (low, high) = (gsl_root_fsolver_x_lower(solver), gsl_root_fsolver_x_upper(solver))
      if gsl_root_test_interval(low, high, absoluteTolerance, tolerance) == 0 {
        return gsl_root_fsolver_root(solver)
      }
    }
    throw NumericalError.noConvergence(method: "Brent's method", context: quantity)
  }
}

/// GSL's default error handler ends the process; reading this switches it off once.
let gslErrorHandlerIsOff: Bool = {
  gsl_set_error_handler_off()
  return true
}()

/// Bessel function of the first kind of order one; NaN where GSL reports an error.
public func besselJ1(_ x: Double) -> Double {
  _ = gslErrorHandlerIsOff
  var result = gsl_sf_result()
  return gsl_sf_bessel_J1_e(x, &result) == 0 ? result.val : .nan
}

/// The version string of the GSL library that is linked.
public var gslVersionText: String { String(cString: lens_gsl_version()) }

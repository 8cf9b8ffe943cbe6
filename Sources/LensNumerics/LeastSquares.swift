import CGSL
import LensCore

/// The matrix that turns samples into the coefficients of a least-squares fit.
///
/// With the design matrix A = U S V^T it is V S / (S^2 + r^2 S_0^2) U^T: directions that the samples hardly see
/// stay out of the fit, so coefficients stay small (Tikhonov).
///
/// - Parameters:
///   - design: One row per sample, one column per coefficient; at least as many rows as columns.
///   - regularization: The number r.
/// - Returns: One row per coefficient, one column per sample.
/// - Throws: `NumericalError.noSolution` if GSL cannot decompose the matrix.
public func leastSquaresInverse(_ design: [[Double]], regularization: Double) throws -> [[Double]] {
  let (rows, columns) = (design.count, design.first?.count ?? 0)
  guard columns > 0, rows >= columns, let a = gsl_matrix_alloc(rows, columns) else {
    throw NumericalError.noSolution(quantity: "least squares", context: "\(rows) x \(columns)")
  }
  defer { gsl_matrix_free(a) }
  guard let v = gsl_matrix_alloc(columns, columns), let s = gsl_vector_alloc(columns),
    let work = gsl_vector_alloc(columns)
  else {
    throw NumericalError.noSolution(quantity: "least squares", context: "no memory")
  }
  defer {
    gsl_matrix_free(v)
    gsl_vector_free(s)
    gsl_vector_free(work)
  }
  for (i, row) in design.enumerated() {
    for (j, value) in row.enumerated() { gsl_matrix_set(a, i, j, value) }
  }
  guard gsl_linalg_SV_decomp(a, v, s, work) == 0 else {
    throw NumericalError.noSolution(quantity: "least squares", context: "singular value decomposition")
  }
  let floor = regularization * gsl_vector_get(s, 0)
  let gains = (0..<columns).map { k in
    let value = gsl_vector_get(s, k)
    return value / (value * value + floor * floor)
  }
  return (0..<columns).map { j in
    (0..<rows).map { i in
      (0..<columns).reduce(0) { $0 + gsl_matrix_get(v, j, $1) * gains[$1] * gsl_matrix_get(a, i, $1) }
    }
  }
}
